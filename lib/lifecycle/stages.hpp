// How stages follow from their tasks. Private to the lifecycle floor.
#pragma once

#include "records/event.hpp"
#include "records/experiment.hpp"

namespace tw {

// Opens stages whose predecessors are done, closes stages whose tasks have ended, and closes the
// trial when a stage failed. Called after every change.
void settle_stages(Trial& trial, const Experiment& experiment, Instant at);

// Gives the trial its verdict; nothing is submitted for it any more. In a trial that is closing already
// the grace time runs on.
void close_trial(Trial& trial, Verdict verdict, Instant at);

// Undoes an end: stages that are done stay done; a last stage that is done (its result was no
// good) runs again.
void reopen_stages(Trial& trial);

// The marker of an open single-task stage was seen. A stage of which nothing lives is done by that;
// otherwise later stages may start. false: known already, or it may be what a failed attempt or a
// straggler (`quarantine`) left behind.
bool take_marker(StageRun& run, bool quarantine);

bool is_live(const Task& task);  // handed over and not ended

}  // namespace tw
