#include <algorithm>
#include <set>

#include "app/unwatched.hpp"
#include "app/view.hpp"
#include "base/text.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/goal_file.hpp"
#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/stopped_file.hpp"

namespace tw {

namespace {

void take_outcome(TrialView& view, const Outcome& outcome) {
    view.state = ended_as(outcome.state);
    view.stage = outcome.stage;
    view.values = outcome.values;
    view.reason = outcome.reason;
    view.kind = outcome.kind;
    view.by = outcome.by;
    view.seq = outcome.seq;
    view.attempts = outcome.attempts;
    view.seconds = outcome.seconds;
    view.ended = outcome.ended;
}

void take_stages(TrialView& view, const Trial& trial) {
    for (auto& run : trial.stages) {
        if (view.stage.empty() && run.state == StageState::open) view.stage = run.name;
        for (auto& task : run.tasks) {
            view.queued += task.state == TaskState::submitted;
            view.running += task.state == TaskState::running;
        }
    }
}

TrialView view_of(const Trial& trial, Instant now) {
    TrialView view;
    view.id = trial.id;
    view.state = trial.state;
    view.created = trial.created;
    view.run = trial.run;
    view.k = trial.k;
    view.trial = &trial;
    view.attempts = trial.starts;
    if (trial.first_start != Instant{}) view.seconds = std::max(0.0, (now - trial.first_start).count());
    if (trial.verdict) view.reason = trial.verdict->reason;
    take_stages(view, trial);
    if (trial.outcome) take_outcome(view, *trial.outcome);
    return view;
}

// A trial that no journal knows: an outcome is the last word; where no watcher ever was, so is a result.
std::optional<TrialView> view_of_files(FileSystem& fs, const TrialId& id,
                                       const std::vector<Objective>& objectives,
                                       const std::vector<OutcomeConstraint>& constraints, bool watched) {
    auto files = look_at_trial(fs, id);
    if (!files || !(files->config || files->outcome)) return std::nullopt;
    TrialView view;
    view.id = id;
    if (files->outcome) {
        auto text = read_document(fs, layout::outcome(id), outcome_limit);
        auto outcome = text ? read_outcome(*text, layout::outcome(id)) : Result<Outcome>(fail(text.error()));
        if (outcome) take_outcome(view, *outcome);
    } else if (!watched && files->has("result.json")) {
        if (auto outcome = judge_unwatched(fs, id, objectives, constraints)) take_outcome(view, *outcome);
    }
    return view;
}

Status add_unjournalled(FileSystem& fs, ExperimentView& view) {
    auto listing = list_trials(fs);
    if (!listing && listing.error().code == Code::not_found) return {};
    if (!listing) return fail(listing.error());
    view.refused = listing->refused;
    auto objectives = view.objectives();
    auto constraints = view.outcome_constraints();
    for (auto& id : listing->ids) {
        if (view.ledger.find(id)) continue;
        auto trial = view_of_files(fs, id, objectives, constraints, view.journalled);
        if (!trial) continue;
        read_config_of(fs, *trial);
        view.trials.push_back(std::move(*trial));
    }
    return {};
}

Status replay(ExperimentView& view, const std::vector<Event>& events, Instant now) {
    for (auto& event : events)
        if (auto applied = view.ledger.apply(event); !applied) return fail(applied.error());
    for (auto& [id, trial] : view.ledger.trials())
        (id.starts_with('@') ? view.once : view.trials).push_back(view_of(trial, now));
    return {};
}

// When the owner on another host last showed life.
Instant last_seen(FileSystem& fs, const std::string& role, std::int64_t epoch) {
    auto count = last_beat(fs, role, epoch);
    if (!count || *count < 0) return {};
    auto stat =
        fs.stat(layout::beats + "/" + role + "." + std::to_string(epoch) + "." + std::to_string(*count));
    return stat ? stat->modified : Instant{};
}

RoleView role_of(FileSystem& fs, Processes& processes, const std::string& role, const Owner& owner,
                 bool released) {
    RoleView view;
    view.owner = owner;
    view.state = RoleView::State::released;
    if (released) return view;
    switch (standing_of(owner, processes)) {
        case Standing::alive: view.state = RoleView::State::alive; break;
        case Standing::dead: view.state = RoleView::State::dead; break;
        case Standing::elsewhere:
            view.state = RoleView::State::elsewhere;
            view.seen = last_seen(fs, role, owner.epoch);
            break;
    }
    return view;
}

void take_experiment(FileSystem& fs, ExperimentView& view) {
    auto loaded = load_experiment(fs);
    if (loaded) {
        view.experiment = std::move(loaded->experiment);
        return;
    }
    view.mistakes = loaded.error();
    if (auto* latest = view.ledger.latest()) view.experiment = latest->experiment;
}

// Budgets decide which trial is the best; they stand in configs alone.
void take_budgets(FileSystem& fs, ExperimentView& view) {
    if (!view.experiment) return;
    const OptimizerSpec& spec = view.experiment->optimizer;
    if (!spec.pruner.promote && spec.sampler != "pbt") return;
    for (auto& trial : view.trials)
        if (trial.state == TrialState::complete) read_config_of(fs, trial);
}

Status take_search(FileSystem& fs, ExperimentView& view) {
    if (auto identity = read_identity_file(fs); identity && *identity) view.experiment_id = (*identity)->id;
    auto goal = newest_goal(fs);
    if (!goal) return fail(goal.error());
    view.goal = *goal;
    return {};
}

// By the word of the newest optimizer, while experiment.json has that rule.
Status take_stop(FileSystem& fs, std::int64_t epoch, ExperimentView& view) {
    auto stopped = stopped_in(fs, epoch);
    if (!stopped) return fail(stopped.error());
    if (!*stopped || !view.experiment) return {};
    if (setting_of(view.experiment->optimizer.stop, (*stopped)->rule) == (*stopped)->setting)
        view.stopped = std::move(*stopped);
    return {};
}

}  // namespace

Result<ExperimentView> read_view(FileSystem& fs, Clock& clock, Processes& processes) {
    ExperimentView view;
    auto segment = read_newest(fs);
    if (!segment) return fail(segment.error());
    if (*segment) {
        view.journalled = true;
        if (auto replayed = replay(view, (*segment)->events, clock.now()); !replayed)
            return fail(replayed.error());
        view.watcher = role_of(fs, processes, "watcher", (*segment)->owner, view.ledger.released());
    }
    take_experiment(fs, view);
    if (auto here = check_place(fs); !here) view.misplaced = here.error();
    if (auto added = add_unjournalled(fs, view); !added) return fail(added.error());
    if (auto taken = take_search(fs, view); !taken) return fail(taken.error());
    take_budgets(fs, view);
    auto holder = Lease::newest(fs, layout::optimizer);
    if (!holder) return fail(holder.error());
    if (*holder)
        if (auto taken = take_stop(fs, (*holder)->owner.epoch, view); !taken) return fail(taken.error());
    if (*holder) view.optimizer = role_of(fs, processes, "optimizer", (*holder)->owner, (*holder)->released);
    std::sort(view.trials.begin(), view.trials.end(),
              [](auto& a, auto& b) { return natural_less(a.id, b.id); });
    return view;
}

}  // namespace tw
