#include "lifecycle/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lifecycle/step.hpp"

namespace tw {

namespace {

std::int64_t count(const StageRun& run, TaskState state) {
    return std::count_if(run.tasks.begin(), run.tasks.end(), [&](auto& task) { return task.state == state; });
}

bool may_open(const Trial& trial, const Stage& stage, const Experiment& experiment) {
    for (auto& name : stage.after) {
        const StageRun* before = trial.find_stage(name);
        if (!before) return false;
        bool early = before->marker && experiment.find_stage(name)->start_on == StartOn::marker;
        if (before->state != StageState::done && !early) return false;
    }
    return true;
}

const Task* first_failed(const StageRun& run) {
    for (auto& task : run.tasks)
        if (task.state == TaskState::failed) return &task;
    return nullptr;
}

std::string numbers_of_failed(const StageRun& run) {
    std::string text;
    int shown = 0;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        if (run.tasks[i].state != TaskState::failed) continue;
        if (++shown > 10) return text + ", ...";
        text += (text.empty() ? "" : ", ") + std::to_string(i + 1);
    }
    return text;
}

Verdict failure_of(const StageRun& run, const Stage& stage) {
    const Task* task = first_failed(run);
    Verdict verdict{EndState::failed, task->kind, task->why, run.name, ""};
    if (!stage.array.empty())
        verdict.reason = fmt::format(
            "{} of {} tasks failed ({} allowed): {}; {}", count(run, TaskState::failed), run.tasks.size(),
            allowed_failures(stage, run.tasks.size()), numbers_of_failed(run), task->why);
    return verdict;
}

void settle_open(Trial& trial, StageRun& run, const Stage& stage, Instant at) {
    bool array = !stage.array.empty();
    if (array && !run.frozen) return;
    if (run.tasks.empty()) {
        if (stage.allow_empty) {
            run.state = StageState::done;
            return;
        }
        run.state = StageState::failed;
        close_trial(trial, {EndState::failed, "empty", "nothing matches " + stage.array, run.name, ""}, at);
        return;
    }
    std::int64_t failed = count(run, TaskState::failed);
    std::int64_t ended = failed + count(run, TaskState::done);
    if (failed > allowed_failures(stage, run.tasks.size())) {
        run.state = StageState::failed;
        close_trial(trial, failure_of(run, stage), at);
    } else if (ended == static_cast<std::int64_t>(run.tasks.size())) {
        run.state = StageState::done;
    }
}

void open_stage(StageRun& run, const Stage& stage) {
    run.state = StageState::open;
    if (stage.array.empty() && run.tasks.empty()) run.tasks.assign(1, Task{});
}

// In a closing trial nothing opens, but a stage that got through counts: a valid result beats a stop.
void settle_closing(Trial& trial, const Experiment& experiment) {
    for (auto& run : trial.stages) {
        if (run.state != StageState::open || run.tasks.empty()) continue;
        std::int64_t failed = count(run, TaskState::failed);
        bool tolerated = failed <= allowed_failures(*experiment.find_stage(run.name), run.tasks.size());
        if (tolerated && failed + count(run, TaskState::done) == std::ssize(run.tasks))
            run.state = StageState::done;
    }
}

// One pass over all stages; true when one of them changed.
bool settle_once(Trial& trial, const Experiment& experiment, Instant at) {
    bool changed = false;
    for (auto& run : trial.stages) {
        if (trial.state == TrialState::closing) break;
        const Stage& stage = *experiment.find_stage(run.name);
        StageState before = run.state;
        if (run.state == StageState::blocked && may_open(trial, stage, experiment)) open_stage(run, stage);
        if (run.state == StageState::open) settle_open(trial, run, stage, at);
        changed = changed || run.state != before;
    }
    return changed;
}

}  // namespace

void settle_stages(Trial& trial, const Experiment& experiment, Instant at) {
    while (trial.state != TrialState::closing && settle_once(trial, experiment, at)) {
    }
    if (trial.state == TrialState::closing) settle_closing(trial, experiment);
    bool stopped = std::any_of(trial.stages.begin(), trial.stages.end(),
                               [](auto& run) { return run.stopped && run.state == StageState::open; });
    if (trial.state == TrialState::stopping && !stopped) trial.state = TrialState::running;
}

void close_trial(Trial& trial, Verdict verdict, Instant at) {
    trial.verdict = std::move(verdict);
    if (trial.state != TrialState::closing) trial.closing_since = at;
    trial.state = TrialState::closing;
}

void reopen_stages(Trial& trial) {
    bool all_done = true;
    for (auto& run : trial.stages) all_done = all_done && run.state == StageState::done;
    for (auto& run : trial.stages) {
        bool again = all_done && &run == &trial.stages.back();
        if (run.state == StageState::done && !again) continue;
        run.state = StageState::blocked;
        run.stopped = run.marker = false;
        run.frozen = run.frozen && !run.tasks.empty();
        for (auto& task : run.tasks) {
            if (task.state == TaskState::done && !again) continue;
            task = Task{TaskState::ready, task.attempt + 1};
        }
    }
}

bool take_marker(StageRun& run, bool quarantine) {
    if (run.frozen || run.tasks.size() != 1) return false;
    Task& task = run.tasks.front();
    if (is_live(task)) return !std::exchange(run.marker, true);
    bool ended = task.kind == "exit" || task.kind == "timeout" || task.kind == "lost";
    bool left_over = task.state == TaskState::backoff && ended;
    if (quarantine || left_over) return false;
    task.state = TaskState::done;
    return true;
}

bool is_live(const Task& task) {
    return task.state == TaskState::submitted || task.state == TaskState::running;
}

}  // namespace tw
