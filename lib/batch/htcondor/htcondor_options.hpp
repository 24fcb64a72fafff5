// The options of the htcondor backend, and of a stage's resources there.
//
// Everything that is not an option of ours is a command of the submit language, "+Attribute" and
// "My.Attribute" included. What a stage says replaces what the backend says; what both leave out is made from
// the resources.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/system_settings.hpp"
#include "batch/htcondor/hold_policy.hpp"
#include "batch/htcondor/submit_text.hpp"
#include "records/experiment.hpp"

namespace tw {

struct HtcondorOptions {
    HoldPolicy holds;
    std::vector<std::string> hold_advisor;    // argv; empty: none
    std::string bin;                          // directory of the commands; "": PATH
    int slots = 100;                          // for deciding how many trials to keep in flight
    int max_cpus = 1024;                      // of the largest machine; a job that asks for more never runs
    int max_gpus = 64;
    std::int64_t max_memory = 0;  // bytes; 0: not known
    Seconds silence{1800};        // of the event log, after which condor_q is asked
    OptionTable commands;         // of the submit language, keys in lower case but for attributes
};

// Code::invalid with the pointer "/options/KEY", and a hint what was meant.
Result<HtcondorOptions> read_htcondor_options(const OptionTable& options);

// The submit commands of a stage: backend's ones, then its own, "throttle" already translated.
Result<OptionTable> stage_commands(const HtcondorOptions& options, const OptionTable& stage);

}  // namespace tw
