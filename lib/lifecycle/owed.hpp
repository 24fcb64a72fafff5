// What a trial's state asks to be done now. Derived from the state each time, never remembered: acting
// on it is idempotent, so a watcher that was killed finds the same debts again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "records/experiment.hpp"
#include "records/trial.hpp"

namespace tw {

struct TaskName {
    std::string stage;
    std::int64_t task = 0;
    std::int64_t attempt = 1;
    auto operator<=>(const TaskName&) const = default;
};

struct Cancellation {
    TaskName task;
    bool kill = false;    // else TERM
    bool queued = false;  // its claim was not seen: it may still be given up by VOID
};

struct Owed {
    std::vector<std::string> freeze;  // array stages whose list is to be read and fixed
    std::vector<TaskName> submit;     // in stage and task order, at most `limit`
    std::vector<Cancellation> cancel;
    std::vector<TaskName> abandon;  // to have been killed so long ago that the trial may end without a confirmation
    bool quarantine = false;      // set the directory aside before anything is submitted
    bool conclude = false;        // nothing lives and nothing is left to run: judge and end it
    bool settle = false;          // publish outcome.json, close the gate
    std::optional<Instant> wake;  // when to ask again, if nothing happens before
};

Owed owed(const Trial& trial, const Experiment& experiment, Instant now, std::size_t limit);

// Whether the trial has a task that is handed over and not ended.
bool has_live_task(const Trial& trial);

// The word on a trial that has nothing left to run. `result` is what the last stage's file said:
// absent when the trial ended before it, an Error when it cannot be used.
Outcome conclude(const Trial& trial, const Experiment& experiment,
                 const std::optional<Result<ResultDocument>>& result, Instant now);

// Whether conclude() wants to see the result file: the last stage is done, and there is no verdict but a
// stop, which a valid result beats.
bool wants_result(const Trial& trial);

}  // namespace tw
