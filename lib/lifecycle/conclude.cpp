#include <algorithm>
#include <cmath>

#include "lifecycle/owed.hpp"

namespace tw {

namespace {

// The stage that answers: the last one declared.
const StageRun* last_stage(const Trial& trial) {
    return trial.stages.empty() ? nullptr : &trial.stages.back();
}

void note_failed_tasks(Outcome& outcome, const Trial& trial) {
    for (auto& run : trial.stages) {
        for (std::size_t i = 0; i < run.tasks.size(); ++i)
            if (run.tasks[i].state == TaskState::failed && !run.inputs.empty())
                outcome.failed_tasks[run.name].push_back(static_cast<std::int64_t>(i + 1));
    }
}

void take_verdict(Outcome& outcome, const Verdict& verdict) {
    outcome.state = verdict.state;
    outcome.kind = verdict.kind;
    outcome.reason = verdict.reason;
    outcome.stage = verdict.stage;
    outcome.by = verdict.by;
}

void take_result(Outcome& outcome, const Trial& trial, const Experiment& experiment,
                 const Result<ResultDocument>& result) {
    auto judged = result ? judge_result(*result, experiment.objectives, experiment.outcome_constraints)
                         : Status(fail(result.error()));
    if (judged) {
        outcome.state = EndState::complete;
        for (auto& [name, value] : result->values)
            if (std::isfinite(value)) outcome.values[name] = value;
        return;
    }
    if (trial.verdict) return;
    outcome.state = EndState::failed;
    outcome.kind = "result";
    outcome.stage = last_stage(trial)->name;
    Error error = judged.error();
    const Stage* stage = experiment.find_stage(outcome.stage);
    if (stage) error.file = stage->done;  // without the trial: reasons that are alike shall read alike
    outcome.reason = error.text();
}

}  // namespace

bool wants_result(const Trial& trial) {
    if (trial.id.starts_with('@')) return false;
    if (trial.verdict && trial.verdict->state != EndState::pruned) return false;
    const StageRun* last = last_stage(trial);
    return last && last->state == StageState::done;
}

Outcome conclude(const Trial& trial, const Experiment& experiment,
                 const std::optional<Result<ResultDocument>>& result, Instant now) {
    Outcome outcome;
    outcome.state = EndState::complete;
    if (trial.verdict) take_verdict(outcome, *trial.verdict);
    if (result && wants_result(trial)) take_result(outcome, trial, experiment, *result);
    if (outcome.state == EndState::complete) outcome.kind = outcome.reason = outcome.stage = outcome.by = "";
    note_failed_tasks(outcome, trial);
    outcome.attempts = trial.starts;
    outcome.ended = now;
    // A clock that was set back must not make it negative.
    if (trial.first_start != Instant{}) outcome.seconds = std::max(0.0, (now - trial.first_start).count());
    return outcome;
}

}  // namespace tw
