// What sbatch is told, and what it answers. Pure.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "batch/slurm/options.hpp"
#include "ports/commands.hpp"

namespace tw::slurm {

// The whole command line. Nothing in it needs quoting: it is no shell's.
std::vector<std::string> sbatch_argv(const JobGroup& group, const Options& options, const std::string& experiment_id);

// The batch script, given to sbatch on its standard input: the #SBATCH lines of a job-written file, in their order and as
// they stand, then the one line that becomes the wrapper.
std::string batch_script(const JobGroup& group);

// Why sbatch had to be killed: where there are too many jobs it says so and goes on trying for two minutes.
Error unanswered(Error error);

// The id of the submitted job ("12", of "12;cluster"), or why there is none: as BatchSystem::submit.
Result<std::string> read_submitted(const CommandResult& result);

// A path for --output that names exactly this file.
std::string output_pattern(const std::string& path);

}  // namespace tw::slurm
