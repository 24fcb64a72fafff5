// Reader for batch scripts that a job wrote for sbatch: `#!`, #SBATCH lines, commands. See sbatch(1).
//
// Each element of its array runs the file itself, by the interpreter of its first line, with the SLURM_ARRAY_TASK_*
// variables that it would have had: what is submitted is an array of ours, numbered by the stage's tasks, and the launch
// script sets them. The #SBATCH lines go along as they stand. Where both say something, ours wins: name, elements, logs
// and working directory (the wrapper enters the file's --chdir), no requeue, the variables that are exported, and
// resources that the stage states.
#pragma once

#include <string>
#include <vector>

#include "batch/scheduler.hpp"

namespace tw::slurm {

// Whether it is one at all, and not HTCondor's language.
bool is_sbatch_file(const std::string& text);

// The #SBATCH lines, as they stand: those before the first command, as sbatch reads them.
std::vector<std::string> sbatch_lines(const std::string& text);

// The N of --array=LIST%N; 0: none.
int throttle_of(const std::string& text);

// Code::invalid with the line: an array that cannot be read, or an option under which sbatch would not submit one job of
// this cluster and return. `root`: of the experiment, absolute.
Result<Generated> read_sbatch_file(const GeneratedFile& file, const std::string& root);

}  // namespace tw::slurm
