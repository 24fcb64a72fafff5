#include "lifecycle/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lifecycle/owed.hpp"
#include "lifecycle/stages.hpp"
#include "lifecycle/table.hpp"

namespace tw {

namespace {

Seconds doubled(Seconds first, int times, Seconds longest) {
    return std::min(longest, first * std::exp2(std::min(times, 30)));
}

void note_start(Trial& trial, Task& task, const Event& event) {
    Instant start = event.kind == EventKind::started ? event.at : event.started;
    if (start == Instant{}) start = task.started;
    if (start == Instant{}) return;
    task.started = start;
    if (trial.first_start == Instant{} || start < trial.first_start) trial.first_start = start;
}

void next_attempt(Task& task, Instant due) {
    task.attempt += 1;
    task.started = {};
    task.job.clear();
    task.due = due;
    task.state = due == Instant{} ? TaskState::ready : TaskState::backoff;
}

// The script's own failure: charged, tried again as often as the stage says.
void charge(Task& task, const Stage& stage, const Event& event) {
    task.counted += 1;
    task.uncounted = 0;
    if (task.counted > stage.retries)
        task.state = TaskState::failed;
    else
        next_attempt(task, event.at + doubled(stage.retry_delay, task.counted - 1, Seconds(3600)));
}

// The script was not done, and wants another attempt for the rest: no failure.
bool wants_more(const Stage& stage, int rc) {
    return rc != 0 && rc == stage.checkpoint_exit_code;
}

void go_on(Task& task, const Stage& stage, const Event& event) {
    task.uncounted = 0;
    next_attempt(task, event.at + stage.retry_delay);
}

void fail_attempt(const StageRun& run, Task& task, const Stage& stage, const Event& event) {
    if (run.stopped)
        task.state = TaskState::done;
    else if (event.kind == EventKind::failed && wants_more(stage, event.rc))
        go_on(task, stage, event);
    else
        charge(task, stage, event);
}

// An agent whose time was over had ended it in good order, and the next one goes on with it.
bool was_evicted(const Event& event) {
    return event.kind == EventKind::lost && event.number > 0;
}

// The cluster's failure: not charged, but a task that never gets through fails in the end.
void excuse(Task& task, const Limits& limits, const Event& event) {
    task.uncounted += 1;
    if (task.uncounted > limits.infra_retries)
        task.state = TaskState::failed;
    else
        next_attempt(task, event.at + doubled(limits.infra_delay, task.uncounted - 1, Seconds(600)));
}

const char* failure_kind(const Event& event) {
    switch (event.kind) {
        case EventKind::timeout: return "timeout";
        case EventKind::lost: return "lost";
        case EventKind::failed: return event.rc == 0 ? "marker" : "exit";
        default: return "infra";
    }
}

// An end that nobody confirmed is told with the trial's reason.
void cancel_task(Trial& trial, Task& task, const Event& event) {
    task.state = TaskState::cancelled;
    std::string& reason = trial.verdict->reason;
    bool doubtful = event.kind == EventKind::lost && !event.flag && !event.text.empty();
    if (doubtful && reason.find(event.text) == reason.npos) reason += "; " + event.text;
}

void end_attempt(Trial& trial, StageRun& run, Task& task, const Stage& stage, const Event& event,
                 const Limits& limits) {
    if (event.kind != EventKind::voided && event.kind != EventKind::infra) {
        trial.starts += 1;
        note_start(trial, task, event);
    }
    task.rc = event.rc;
    task.host = event.host;
    if (event.kind == EventKind::ok) {
        task.state = TaskState::done;
        task.why.clear();
        task.kind.clear();
        return;
    }
    task.why = event.text;
    task.kind = failure_kind(event);
    if (event.kind == EventKind::lost && !event.flag) trial.quarantine = true;
    if (trial.state == TrialState::closing)
        cancel_task(trial, task, event);
    else if (event.kind == EventKind::voided && event.text.empty())
        next_attempt(task, {});
    else if (was_evicted(event))
        go_on(task, stage, event);
    else if (event.kind == EventKind::failed || event.kind == EventKind::timeout)
        fail_attempt(run, task, stage, event);
    else
        excuse(task, limits, event);
}

void apply_to_task(Trial& trial, StageRun& run, Task& task, const Stage& stage, const Event& event,
                   const Limits& limits) {
    if (trial.state == TrialState::waiting) trial.state = TrialState::running;
    if (event.kind == EventKind::submitted) {
        task.state = TaskState::submitted;
        task.due = {};
    } else if (event.kind == EventKind::accepted) {
        task.job = event.text;
    } else if (event.kind == EventKind::started) {
        task.state = TaskState::running;
        task.host = event.host;
        note_start(trial, task, event);
    } else {
        end_attempt(trial, run, task, stage, event, limits);
    }
}

tl::unexpected<Error> impossible(const Trial& trial, const Event& event, const std::string& why) {
    return fail(Code::refused,
                fmt::format("event '{}' of trial {}: {}", to_string(event.kind), trial.id, why));
}

Result<bool> step_task(Trial& trial, const Event& event, const Experiment& experiment) {
    StageRun* run = trial.find_stage(event.stage);
    const Stage* stage = experiment.find_stage(event.stage);
    if (!run || !stage) return impossible(trial, event, "no stage '" + event.stage + "'");
    Task* task = run->find_task(event.task);
    if (!task)
        return impossible(trial, event, fmt::format("stage {} has no task {}", event.stage, event.task));
    if (event.attempt < task->attempt) return false;
    if (event.attempt > task->attempt)
        return impossible(trial, event, fmt::format("attempt {} has not been opened", event.attempt));
    Ruling task_ruling = ruling(task->state, event.kind);
    if (task_ruling == Ruling::error)
        return impossible(trial, event, fmt::format("the task is {}", to_string(task->state)));
    if (task_ruling == Ruling::ignore) return false;
    bool open = run->state == StageState::open && trial.state != TrialState::closing && !trial.quarantine;
    if (event.kind == EventKind::submitted && !open)
        return impossible(trial, event, "the stage is not open, or the trial is closing or in quarantine");
    apply_to_task(trial, *run, *task, *stage, event, experiment.limits);
    settle_stages(trial, experiment, event.at);
    return true;
}

std::string with_reason(const std::string& word, const Event& event) {
    return event.why.empty() ? word : word + ": " + event.why;
}

// false: a person's stop that comes twice, or after the last stage got through.
bool stop_trial(Trial& trial, const Event& event, const Experiment& experiment) {
    bool to_end = event.flag || trial.state == TrialState::waiting, open = false;
    if (trial.state == TrialState::stopping && !to_end) return false;
    for (auto& run : trial.stages) {
        if (run.state != StageState::open) continue;
        open = true;
        to_end = to_end || experiment.find_stage(run.name)->on_stop == OnStop::end;
    }
    if (to_end) {
        std::string reason = event.flag ? "pruned" : "stopped";
        close_trial(trial, {EndState::pruned, "request", with_reason(reason, event), "", event.text}, event.at);
        return true;
    }
    for (auto& run : trial.stages) run.stopped = run.stopped || run.state == StageState::open;
    if (open) trial.state = TrialState::stopping;
    return open;
}

// Tasks that wait for their next attempt need not wait longer. false: there is none.
bool hurry(Trial& trial, Instant now) {
    bool any = false;
    for (auto& run : trial.stages) {
        for (auto& task : run.tasks) {
            if (task.state != TaskState::backoff || task.due <= now) continue;
            task.due = now;
            any = true;
        }
    }
    return any;
}

// After an end: what failed or was cancelled gets a new attempt. The trial is opened again as a new
// incarnation, so that no wrapper of before finds its gate.
bool retry_trial(Trial& trial, const Event& event, const Experiment& experiment) {
    if (!is_ended(trial.state)) return hurry(trial, event.at);
    trial.incarnation += 1;
    trial.state = TrialState::running;
    trial.outcome.reset();
    trial.verdict.reset();
    trial.settled = false;
    trial.closing_since = {};
    reopen_stages(trial);
    settle_stages(trial, experiment, event.at);
    return true;
}

Result<bool> step_stage(Trial& trial, const Event& event, const Experiment& experiment) {
    StageRun* run = trial.find_stage(event.stage);
    if (!run) return impossible(trial, event, "no stage '" + event.stage + "'");
    if (run->state != StageState::open) return false;
    if (event.kind == EventKind::broken) {
        close_trial(trial, {EndState::failed, "submit", event.text, run->name, ""}, event.at);
        return true;
    }
    if (event.kind == EventKind::frozen) {
        const Stage* stage = experiment.find_stage(run->name);
        if (!stage || stage->array.empty()) return impossible(trial, event, run->name + " is no array");
        if (run->frozen) return false;
        run->frozen = true;
        run->generated = event.flag;
        run->submit_text = event.text;
        run->inputs = event.list;
        run->tasks.assign(event.list.size(), Task{});
    } else if (!take_marker(*run, trial.quarantine)) {
        return false;
    } else if (trial.state == TrialState::waiting) {
        trial.state = TrialState::running;  // something is done: no newer revision takes it over
    }
    settle_stages(trial, experiment, event.at);
    return true;
}

// What is ended already for a failure or a kill keeps that verdict.
bool kill_trial(Trial& trial, const Event& event) {
    if (trial.state == TrialState::closing && trial.verdict->state != EndState::pruned) return false;
    close_trial(trial, {EndState::killed, "request", with_reason("killed", event), "", event.text}, event.at);
    return true;
}

bool lose_directory(Trial& trial, const Event& event) {
    if (trial.state == TrialState::closing && trial.verdict->kind == "vanished") return false;
    close_trial(trial, {EndState::killed, "vanished", event.text, "", ""}, event.at);
    return true;
}

bool note_moved(Trial& trial, const Event& event) {
    if (!trial.quarantine) return false;
    trial.quarantine = false;
    trial.inode = static_cast<std::uint64_t>(event.number);
    return true;
}

Result<bool> conclude_trial(Trial& trial, const Event& event) {
    if (!event.outcome) return impossible(trial, event, "it carries no outcome");
    if (has_live_task(trial)) return impossible(trial, event, "a task is not ended");
    trial.outcome = event.outcome;
    trial.state = ended_as(event.outcome->state);
    for (auto& run : trial.stages)
        if (run.state == StageState::blocked || run.state == StageState::open)
            run.state = StageState::skipped;
    return true;
}

Result<bool> step_trial(Trial& trial, const Event& event, const Experiment& experiment) {
    switch (event.kind) {
        case EventKind::stop: return stop_trial(trial, event, experiment);
        case EventKind::kill: return kill_trial(trial, event);
        case EventKind::retry: return retry_trial(trial, event, experiment);
        case EventKind::moved: return note_moved(trial, event);
        case EventKind::vanished: return lose_directory(trial, event);
        case EventKind::concluded: return conclude_trial(trial, event);
        case EventKind::settled: return !std::exchange(trial.settled, true);
        default: return step_stage(trial, event, experiment);
    }
}

}  // namespace

Result<bool> step(Trial& trial, const Event& event, const Experiment& experiment) {
    Ruling trial_ruling = ruling(trial.state, event.kind);
    if (trial_ruling == Ruling::error)
        return impossible(trial, event, fmt::format("the trial is {}", to_string(trial.state)));
    if (trial_ruling == Ruling::ignore) return false;
    return is_task_event(event.kind) ? step_task(trial, event, experiment)
                                     : step_trial(trial, event, experiment);
}

EventKind judge_exit(const Stage& stage, int rc, bool marker, Seconds ran) {
    if (rc == 0 && (marker || stage.done.empty())) return EventKind::ok;
    bool over = stage.resources.time && ran >= *stage.resources.time && !wants_more(stage, rc);
    return rc != 0 && over ? EventKind::timeout : EventKind::failed;
}

std::string describe_exit(const Stage& stage, const std::string& done, int rc, bool marker) {
    if (wants_more(stage, rc)) return fmt::format("exit status {}: it goes on from its checkpoint", rc);
    if (rc == 0 && !marker && !done.empty()) return "exit status 0 without " + done;
    if (rc == 126 || rc == 127)
        return fmt::format("exit status {} (the command {})", rc,
                           rc == 127 ? "was not found" : "cannot be executed");
    if (rc > 128 && rc < 193) return fmt::format("signal {}", rc - 128);
    return fmt::format("exit status {}", rc);
}

std::int64_t allowed_failures(const Stage& stage, std::size_t tasks) {
    double limit = stage.max_failed < 1 ? stage.max_failed * static_cast<double>(tasks) : stage.max_failed;
    double all_but_one = std::max(0.0, static_cast<double>(tasks) - 1);
    return static_cast<std::int64_t>(std::floor(std::min(limit, all_but_one) + 1e-9));
}

}  // namespace tw
