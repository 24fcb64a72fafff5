// The options of a Grid Engine backend, and of stages that run on it.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_ports.hpp"
#include "records/experiment.hpp"

namespace tw::gridengine {

struct Options {
    std::string bin;         // directory of qsub and the others; "": found in PATH
    std::string root, cell;  // SGE_ROOT and SGE_CELL for the commands; "": as in the environment
    std::string pe;          // the parallel environment of jobs with more than one slot
    std::string memory_resource = "mem_free", gpu_resource;  // complex attributes, as in `qconf -sc`
    bool memory_per_slot = false;  // the attribute counts for each slot, as consumable ones do
    int clears = 0;     // how often the error state of a job is cleared before the job counts as failed
    OptionTable flags;  // qsub's own options: {"q": "long.q"}
};

// Code::invalid with the pointer "/options/KEY".
Result<Options> read_options(const OptionTable& options);

// The stage's options over the backend's. Which ones a stage may not have: check_gridengine_resources().
Result<Options> read_options(const OptionTable& backend, const OptionTable& stage);

// As words of qsub's command line.
std::vector<std::string> flag_words(const OptionTable& flags);

// A value that cannot be taken for an option, and has no control characters.
bool is_plain_value(const std::string& text);

// Slots that a job takes.
int slots_of(const Resources& resources);

}  // namespace tw::gridengine
