// The user's scripts, as a simulated cluster runs them: train writes inputs, flow answers one, metric tells the cost.
#pragma once

#include "batch/scheduler.hpp"
#include "records/documents.hpp"
#include "simulation/process.hpp"

namespace tw::simulation {

class Judge;

std::string experiment_text(const struct Profile& profile, std::uint64_t seed);

double cost_of(const Config& config);  // what metric tells

struct Script {
    JobRef job;
    std::vector<std::string> command;  // "train" | "flow" INPUT | "metric"
    std::uint64_t inode = 0;           // of its directory, wherever that is moved
};

struct ScriptEnd {
    int status = 137;   // as long as it runs: that of a killed one
    bool good = false;  // it did all that it should
};

// Runs in `process`, which is told to end when its `interrupts` grow.
void run_script(Process& process, Judge& judge, const Script& script, ScriptEnd& end);

}  // namespace tw::simulation
