// A started job: the wrapper's twin and the user's script, as processes of one machine. Who has it started,
// and what becomes of it, is the business of a scheduler or an agent.
#pragma once

#include "simulation/scripts.hpp"
#include "simulation/world.hpp"

namespace tw::simulation {

struct JobRun {
    JobRef job;
    std::vector<std::string> argv;   // sh WRAPPER EXPERIMENT ID TRIAL KEY SHARD DONE COMMAND...
    std::weak_ptr<Process> wrapper;  // that runs it
    std::shared_ptr<Process> script{};
    bool obeys = false;     // an end that it was told is nobody's failure
    bool did_well = false;  // its script did all that it should
    bool left = false;      // its wrapper ended by itself
};

// In the process of its wrapper. The exit status.
int run_job(Process& wrapper, Judge& judge, const std::shared_ptr<JobRun>& run);

void terminate(JobRun& run);  // the wrapper is told; it passes that on
void kill(JobRun& run);       // all of it

}  // namespace tw::simulation
