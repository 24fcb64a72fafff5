// Handing out work: which tasks are submitted while there is room.
#include <algorithm>

#include "app/decider.hpp"
#include "lifecycle/step.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// One trial is asked for at most this many tasks per turn: a huge array must not hold up a tick. As many as
// cluster backends take in one array by default.
constexpr std::size_t tasks_per_turn = 1000;

// Trials that may find no room before those that have not begun are not asked any more this tick.
constexpr int patience = 16;

}  // namespace

// Older trials first, so that those in flight are finished before new ones begin. Each of those is asked: its
// next stage may be another backend's than the one that is full.
void Decider::fill() {
    if (desk_.full || (desk_.ledger().pause() && desk_.options.only.empty())) return;
    live_jobs_.reset();
    int refused = 0;
    for (auto& [created, id] : runnable_) {  // nothing below changes the set
        const Trial* trial = desk_.ledger().find(id);
        bool fresh = !trial || trial->state == TrialState::waiting;
        if (refused >= patience && fresh) continue;
        if (!submit_some(id)) ++refused;
    }
}

bool Decider::may_start(const Trial& trial) const {
    if (!desk_.options.only.empty() && trial.id != desk_.options.only && !trial.id.starts_with('@'))
        return false;
    if (trial.id.starts_with('@')) return true;
    const Revision* latest = desk_.ledger().latest();
    if (!latest || stages_of(latest->experiment, "@before").empty()) return true;
    const Trial* before = desk_.ledger().find("@before");
    return before && before->state == TrialState::complete;
}

// false: no room, or nothing that may go now.
bool Decider::submit_some(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    if (!trial || !may_start(*trial)) return false;
    rebind(*trial);
    const Revision* revision = desk_.ledger().revision_of(*trial);
    auto owed = tw::owed(*trial, revision->experiment, desk_.ports.clock.now(), tasks_per_turn);
    bool some = false;
    for (auto& name : owed.submit) {
        if (!submit_one(*trial, *revision, name)) return some;
        some = true;
    }
    return some;
}

// A trial that has not begun runs what the user wrote last.
bool Decider::rebind(const Trial& trial) {
    const Revision* latest = desk_.ledger().latest();
    if (trial.state != TrialState::waiting || trial.revision == latest->number) return false;
    Event event = desk_.books.event(EventKind::created, trial.id);
    event.at = trial.created;
    event.state = trial;
    event.state->stages.clear();
    event.state->revision = latest->number;
    return desk_.books.record(event);
}

bool Decider::submit_one(const Trial& trial, const Revision& revision, const TaskName& name) {
    const Stage& stage = *revision.experiment.find_stage(name.stage);
    auto scheduler = desk_.backends.of(revision.experiment, stage);
    if (!scheduler && may_pass(scheduler.error())) return false;
    Status possible = scheduler ? (*scheduler)->possible(stage.resources) : Status(fail(scheduler.error()));
    if (!possible) {
        break_stage(trial, name.stage, possible.error().text());
        return true;
    }
    if (desk_.breaker.open((*scheduler)->host(), desk_.ports.clock.now())) return false;
    JobRequest* open = joinable(*scheduler, trial, name);
    if (!has_room(**scheduler, revision, stage.resources, open)) return false;
    auto request = desk_.launcher.request(trial, revision, name);
    if (!request) {
        if (request.error().code == Code::invalid) break_stage(trial, name.stage, request.error().text());
        desk_.ports.log.warn("{}", request.error().text());
        return false;
    }
    request->avoid = desk_.breaker.avoided(desk_.ports.clock.now());
    Event event = desk_.books.event(EventKind::submitted, trial.id);
    event.stage = name.stage;
    event.task = name.task;
    event.attempt = name.attempt;
    if (!desk_.books.record(event)) return false;
    if (live_jobs_) ++*live_jobs_;
    if (open)
        open->tasks.push_back(std::move(request->tasks.front()));
    else
        desk_.acts.submissions.push_back({*scheduler, std::move(*request)});
    return true;
}

bool Decider::has_room(Scheduler& scheduler, const Revision& revision, const Resources& resources,
                       bool joins) {
    int requests = 0;
    std::size_t tasks = 0;
    for (auto& planned : desk_.acts.submissions) {
        if (planned.scheduler != &scheduler) continue;
        ++requests;
        tasks += planned.request.tasks.size();
    }
    if (scheduler.room(resources) <= static_cast<std::int64_t>(tasks)) return false;
    if (!joins && scheduler.requests() <= requests) return false;
    int said = desk_.options.max_queued;
    int most = said > 0 ? said : revision.experiment.limits.max_queued;
    if (most == 0) return true;
    if (!live_jobs_) live_jobs_ = live_before_ = desk_.ledger().live_jobs();
    // Where one call takes many, some places at once or none: a full queue is not filled up by calls of one
    // task each.
    int least = scheduler.block() > 1 ? std::max(1, most / 4) : 1;
    return *live_jobs_ < most && most - live_before_ >= least;
}

// The submission that the task can be handed over with; null: it needs one of its own.
JobRequest* Decider::joinable(const Scheduler* scheduler, const Trial& trial, const TaskName& name) {
    std::int64_t block = scheduler->block();
    if (block < 2 || name.task == 0 || desk_.acts.submissions.empty()) return nullptr;
    auto& last = desk_.acts.submissions.back();
    const AttemptKey& key = last.request.tasks.back().key;
    bool same = last.scheduler == scheduler && last.request.trial == trial.id &&
                key.incarnation == trial.incarnation && key.stage == name.stage &&
                key.attempt == name.attempt && key.task < name.task &&
                (key.task - 1) / block == (name.task - 1) / block;
    return same ? &last.request : nullptr;
}

// "@before" comes with the first trial, "@after" when the search has ended; a search that went on gets
// another "@after".
void Decider::run_once_stages() {
    const Revision* latest = desk_.ledger().latest();
    if (!latest || !desk_.options.only.empty()) return;
    auto start = [&](const TrialId& id, std::int64_t incarnation) {
        for (auto& directory : {layout::once, layout::trial(id)})
            if (!make_directory_if_absent(desk_.ports.fs, directory)) return;
        Event event = desk_.books.event(EventKind::created, id);
        Trial trial;
        trial.id = id;
        trial.incarnation = incarnation;
        trial.revision = latest->number;
        event.state = trial;
        if (desk_.books.record(event)) settle_debts(id);
    };
    bool any = std::any_of(desk_.ledger().trials().begin(), desk_.ledger().trials().end(),
                           [](auto& entry) { return !entry.first.starts_with('@'); });
    if (!stages_of(latest->experiment, "@before").empty() && any && !desk_.ledger().find("@before"))
        start("@before", 1);
    if (stages_of(latest->experiment, "@after").empty() || !any || !all_ended() || !search_ended_) return;
    const Trial* after = desk_.ledger().find("@after");
    if (!after)
        start("@after", 1);
    else if (after->outcome && after->outcome->seq + 1 < desk_.ledger().next_seq() && after->settled)
        start("@after", after->incarnation + 1);
}

}  // namespace tw
