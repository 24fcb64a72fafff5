#include "app/decider.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "lifecycle/step.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr Seconds once_patience{60};

}  // namespace

void Decider::begin() {
    std::vector<const Outcome*> outcomes;
    for (auto& [id, trial] : desk_.ledger().trials()) {
        if (is_ended(trial.state) && !trial.settled) desk_.acts.settle.insert(id);
        if (trial.outcome) outcomes.push_back(&*trial.outcome);
        if (!is_ended(trial.state)) settle_debts(id);
    }
    std::sort(outcomes.begin(), outcomes.end(), [](auto* a, auto* b) { return a->seq < b->seq; });
    for (auto* outcome : outcomes) (void)desk_.streak.add(*outcome, 0);
}

void Decider::decide() {
    Instant now = desk_.ports.clock.now();
    std::vector<TrialId> due_now;
    for (auto& [id, due] : due_)
        if (due <= now) due_now.push_back(id);
    for (auto& id : due_now) settle_debts(id);
    for (auto& id : std::exchange(unread_, {})) settle_debts(id);
    for (auto changed = desk_.books.take_changed(); !changed.empty(); changed = desk_.books.take_changed())
        for (auto& id : changed) settle_debts(id);
    run_once_stages();
    fill();
    for (auto& id : desk_.books.take_changed()) settle_debts(id);
}

// Until the trial owes nothing that can be decided now: what is left waits for room, time or a job.
void Decider::settle_debts(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    const Revision* revision = trial ? desk_.ledger().revision_of(*trial) : nullptr;
    if (!revision) return;
    Owed owed;
    for (bool again = true; again;) {
        owed = tw::owed(*trial, revision->experiment, desk_.ports.clock.now(), 1);
        again = pay(*trial, *revision, owed);
        revision = desk_.ledger().revision_of(*trial);
    }
    owed.abandon.empty() ? void(unconfirmed_.erase(id)) : void(unconfirmed_.insert(id));
    if (owed.settle) desk_.acts.settle.insert(id);
    if (owed.quarantine) desk_.acts.quarantine.insert(id);
    plan_cancellations(*trial, owed);
    for (auto& name : owed.abandon)
        if (auto at = abandoned_at(*trial, *revision, name); at && (!owed.wake || *at < *owed.wake))
            owed.wake = at;
    mark_stop_seen(*trial);
    Order order{trial->created, id};
    if (auto old = orders_.find(id); old != orders_.end() && old->second != order)
        runnable_.erase(old->second);
    orders_[id] = order;
    if (owed.submit.empty())
        runnable_.erase(order);
    else
        runnable_.insert(order);
    if (owed.wake)
        due_[id] = *owed.wake;
    else
        due_.erase(id);
    if (!is_ended(trial->state)) {
        live_.insert(id);
        return;
    }
    live_.erase(id);
    desk_.launcher.forget(id);
}

// true: something was recorded, the debts are others now.
bool Decider::pay(const Trial& trial, const Revision& revision, Owed& owed) {
    for (auto& name : owed.abandon) {
        auto at = abandoned_at(trial, revision, name);
        if (at && *at <= desk_.ports.clock.now() && abandon(trial, name)) return true;
    }
    for (auto& stage : owed.freeze)
        if (freeze(trial, revision, stage)) return true;
    if (!owed.conclude) return false;
    return finish(trial, revision);
}

// A KILL of this watcher's own has had its time: what an earlier one sent, or meant to, proves nothing, and
// what its jobs posted since then has been read. The trial has waited its patience already; a watcher of one
// tick (--once) adds no more than it stays.
std::optional<Instant> Decider::abandoned_at(const Trial& trial, const Revision& revision,
                                             const TaskName& name) const {
    JobRef job{trial.id, {trial.incarnation, name.stage, name.task, name.attempt}};
    auto told = told_.find({job, CancelHow::kill});
    if (told == told_.end()) return {};
    Seconds patience = revision.experiment.limits.kill_patience;
    return told->second + (desk_.options.once ? std::min(patience, once_patience) : patience);
}

// Whether it still runs nobody knows: the trial's directory is set aside before a retry uses it.
bool Decider::abandon(const Trial& trial, const TaskName& name) {
    JobRef job{trial.id, {trial.incarnation, name.stage, name.task, name.attempt}};
    Scheduler* scheduler = desk_.scheduler_of(trial, name.stage);
    if (scheduler) desk_.acts.cancellations.push_back({scheduler, job, CancelHow::kill, false, true});
    Event event = desk_.books.event(EventKind::lost, trial.id);
    event.stage = name.stage;
    event.task = name.task;
    event.attempt = name.attempt;
    event.text = "the backend did not confirm that its jobs have ended";
    return desk_.books.record(event);
}

// false: it cannot be told now (a look that failed); the next look decides.
bool Decider::freeze(const Trial& trial, const Revision& revision, const std::string& name) {
    const Stage& stage = *revision.experiment.find_stage(name);
    FileSystem& fs = desk_.ports.fs;
    Event event = desk_.books.event(EventKind::frozen, trial.id);
    event.stage = name;
    if (!stage.submit.empty() && !is_surely_gone(fs, layout::trial(trial.id) + "/" + stage.submit))
        return freeze_generated(trial, revision, stage, std::move(event));
    auto inputs = match_inputs(fs, trial.id, stage.array);
    if (!inputs && inputs.error().code != Code::invalid) return look_again(trial.id, inputs.error());
    if (!inputs) return break_stage(trial, name, inputs.error().text()), true;
    event.list = *inputs;
    return desk_.books.record(event);
}

// The backend that will run it says what the file means. Where it wants the file as it stands, the journal
// keeps it: what is handed over is what was read, whatever becomes of the file.
bool Decider::freeze_generated(const Trial& trial, const Revision& revision, const Stage& stage,
                               Event event) {
    std::string path = layout::trial(trial.id) + "/" + stage.submit;
    auto scheduler = desk_.backends.of(revision.experiment, stage);
    if (!scheduler && may_pass(scheduler.error())) return look_again(trial.id, scheduler.error());
    if (!scheduler) return break_stage(trial, stage.name, scheduler.error().text()), true;
    auto text = read_document(desk_.ports.fs, path, document_limit);
    auto read = text ? (*scheduler)->read_generated(desk_.ports.fs, {trial.id, path, *text})
                     : Result<Generated>(fail(text.error()));
    if (!read && may_pass(read.error())) return look_again(trial.id, read.error());
    if (!read) return break_stage(trial, stage.name, read.error().text()), true;
    if (read->as_it_stands && !valid_utf8(*text))
        return break_stage(trial, stage.name, path + " is not UTF-8"), true;
    event.flag = true;
    if (read->as_it_stands) event.text = *text;
    for (auto& item : read->items) event.list.push_back(write_submit_item(item));
    return desk_.books.record(event);
}

bool Decider::look_again(const TrialId& id, const Error& why) {
    desk_.ports.log.warn("{}; looked at again", why.text());
    unread_.insert(id);
    return false;
}

void Decider::break_stage(const Trial& trial, const std::string& stage, const std::string& why) {
    Event event = desk_.books.event(EventKind::broken, trial.id);
    event.stage = stage;
    event.text = why;
    desk_.books.record(event);
}

// false: the result cannot be read now, which is no word on the trial; the next look decides.
bool Decider::finish(const Trial& trial, const Revision& revision) {
    Event event = desk_.books.event(EventKind::concluded, trial.id);
    std::optional<Result<ResultDocument>> result;
    if (wants_result(trial)) {
        std::string path =
            layout::result_of(trial.id, revision.experiment.find_stage(trial.stages.back().name)->done);
        auto text = read_document(desk_.ports.fs, path, document_limit);
        if (!text && may_pass(text.error())) return look_again(trial.id, text.error());
        result = text ? read_result(*text, path) : Result<ResultDocument>(fail(text.error()));
        if (!*result && result->error().code == Code::not_yet)
            result->error().what = "only the beginning of a JSON document";
    }
    event.outcome = conclude(trial, revision.experiment, result, event.at);
    event.outcome->seq = desk_.ledger().next_seq();
    if (desk_.books.record(event)) announce(trial, revision.experiment);
    return true;
}

void Decider::announce(const Trial& trial, const Experiment& experiment) {
    const Outcome& outcome = *trial.outcome;
    std::string values;
    for (auto& objective : experiment.objectives)
        if (auto found = outcome.values.find(objective.name); found != outcome.values.end())
            values += fmt::format(" {}={:.6g}", objective.name, found->second);
    std::string where = outcome.stage.empty() ? "" : outcome.stage + ": ";
    desk_.ports.log.info("trial {} {}{}{} ({})", trial.id, to_string(trial.state), values,
                         outcome.reason.empty() ? "" : ": " + where + outcome.reason,
                         format_duration(Seconds(outcome.seconds)));
    if (outcome.state == EndState::failed && !experiment.hooks.failed.empty())
        desk_.acts.hooks.push_back({experiment.hooks.failed, "failed", trial.id, outcome.reason});
    bool search = !trial.id.starts_with('@');
    if (auto why = search ? desk_.streak.add(outcome, experiment.limits.pause_after) : std::nullopt)
        desk_.pause(*why, false);
    if (!search && outcome.state == EndState::failed)
        desk_.pause(fmt::format("{} failed: {}", trial.id, outcome.reason), false);
}

void Decider::plan_cancellations(const Trial& trial, const Owed& owed) {
    for (auto& cancellation : owed.cancel) {
        const TaskName& name = cancellation.task;
        JobRef job{trial.id, {trial.incarnation, name.stage, name.task, name.attempt}};
        CancelHow how = cancellation.kill ? CancelHow::kill : CancelHow::terminate;
        Scheduler* scheduler = desk_.scheduler_of(trial, name.stage);
        if (!scheduler || !told_.emplace(std::pair(job, how), desk_.ports.clock.now()).second) continue;
        desk_.acts.cancellations.push_back({scheduler, job, how, cancellation.queued});
    }
    if (is_ended(trial.state))
        std::erase_if(told_, [&](auto& entry) { return entry.first.first.trial == trial.id; });
}

// The stage that a stop was for has ended: later stages must not find the file. It goes before the
// record does, for a crash in between leaves a stopping trial without the file, which is harmless.
void Decider::mark_stop_seen(const Trial& trial) {
    if (trial.state == TrialState::stopping) {
        stopping_.insert(trial.id);
    } else if (stopping_.erase(trial.id) > 0) {
        (void)remove_if_there(desk_.ports.fs, layout::trial(trial.id) + "/stop");
    }
}

std::optional<Instant> Decider::next_due() const {
    std::optional<Instant> next;
    for (auto& [id, due] : due_)
        if (!next || due < *next) next = due;
    return next;
}

bool Decider::all_ended() const {
    return live_.empty() && desk_.acts.settle.empty();
}

}  // namespace tw
