#include "lifecycle/owed.hpp"

#include <algorithm>

#include "lifecycle/stages.hpp"

namespace tw {

namespace {

void wake_at(Owed& owed, Instant when) {
    if (!owed.wake || when < *owed.wake) owed.wake = when;
}

void owe_end(Owed& owed, const StageRun& run, std::int64_t number, const Task& task, const Stage& stage,
             Instant since, Instant now) {
    bool kill = now >= since + stage.grace;
    if (!kill) wake_at(owed, since + stage.grace);
    owed.cancel.push_back({{run.name, number, task.attempt}, kill, task.state == TaskState::submitted});
}

// The backend may be away for hours, or never tell: a trial that was ended does not wait for that without
// bound.
void owe_abandonment(Owed& owed, const StageRun& run, std::int64_t number, const Task& task, Instant limit,
                     Instant now) {
    if (now >= limit)
        owed.abandon.push_back({run.name, number, task.attempt});
    else
        wake_at(owed, limit);
}

void owe_time_limit(Owed& owed, const StageRun& run, std::int64_t number, const Task& task,
                    const Stage& stage, Instant now) {
    if (task.state != TaskState::running || !stage.resources.time || task.started == Instant{}) return;
    Instant limit = task.started + *stage.resources.time;
    if (now < limit)
        wake_at(owed, limit);
    else
        owe_end(owed, run, number, task, stage, limit, now);
}

void owe_submission(Owed& owed, const StageRun& run, std::int64_t number, const Task& task, Instant now,
                    std::size_t limit) {
    bool due = task.state == TaskState::ready || (task.state == TaskState::backoff && task.due <= now);
    if (due && owed.submit.size() < limit) owed.submit.push_back({run.name, number, task.attempt});
    if (task.state == TaskState::backoff && !due) wake_at(owed, task.due);
}

void owe_for_stage(Owed& owed, const Trial& trial, const StageRun& run, const Experiment& experiment,
                   Instant now, std::size_t limit) {
    const Stage& stage = *experiment.find_stage(run.name);
    bool closing = trial.state == TrialState::closing;
    if (run.state == StageState::open && !closing && !trial.quarantine && !stage.array.empty() && !run.frozen)
        owed.freeze.push_back(run.name);
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const Task& task = run.tasks[i];
        auto number = static_cast<std::int64_t>(stage.array.empty() ? 0 : i + 1);
        if (closing && is_live(task)) {
            owe_end(owed, run, number, task, stage, trial.closing_since, now);
            Instant longest = trial.closing_since + stage.grace + experiment.limits.kill_patience;
            owe_abandonment(owed, run, number, task, longest, now);
        } else if (!closing && is_live(task))
            owe_time_limit(owed, run, number, task, stage, now);
        else if (!closing && run.state == StageState::open && !trial.quarantine)
            owe_submission(owed, run, number, task, now, limit);
    }
}

bool all_stages_done(const Trial& trial) {
    return std::all_of(trial.stages.begin(), trial.stages.end(),
                       [](auto& run) { return run.state == StageState::done; });
}

}  // namespace

bool has_live_task(const Trial& trial) {
    for (auto& run : trial.stages)
        if (std::any_of(run.tasks.begin(), run.tasks.end(), is_live)) return true;
    return false;
}

Owed owed(const Trial& trial, const Experiment& experiment, Instant now, std::size_t limit) {
    Owed owed;
    if (is_ended(trial.state)) {
        owed.settle = !trial.settled;
        return owed;
    }
    for (auto& run : trial.stages) owe_for_stage(owed, trial, run, experiment, now, limit);
    bool live = has_live_task(trial);
    owed.quarantine = trial.quarantine && !live && trial.state != TrialState::closing;
    owed.conclude = !live && (trial.state == TrialState::closing || all_stages_done(trial));
    return owed;
}

}  // namespace tw
