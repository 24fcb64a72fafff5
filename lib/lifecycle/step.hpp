// The state machine of a trial: facts go in, the new state comes out. Pure; the time is in the event.
#pragma once

#include "base/result.hpp"
#include "records/event.hpp"
#include "records/experiment.hpp"

namespace tw {

// The stages a trial runs: the per-trial ones, or for "@before" and "@after" the `once` ones.
std::vector<const Stage*> stages_of(const Experiment& experiment, const TrialId& id);

// A trial that just became known. `event.state` carries its identity; stages come from `experiment`.
Trial create_trial(const Event& event, const Experiment& experiment);

// Applies `event` to the trial by the tables. true: the state changed, journal the event. false: late
// news, drop it. An error: the event cannot be (it names what and why); the trial is unchanged.
// `experiment` is the revision the trial belongs to.
Result<bool> step(Trial& trial, const Event& event, const Experiment& experiment);

// How an exit event of the wrapper is to be booked: ok, failed or timeout. `ran` is claim to event.
EventKind judge_exit(const Stage& stage, int rc, bool marker, Seconds ran);

// "exit status 3", "signal 9", "exit status 0 without training_done", for Event::text; of the stage's
// checkpoint_exit_code that it goes on. `done` is the marker's path, "" where none is declared.
std::string describe_exit(const Stage& stage, const std::string& done, int rc, bool marker);

// Tasks of the stage that may fail without failing it: never all of them.
std::int64_t allowed_failures(const Stage& stage, std::size_t tasks);

}  // namespace tw
