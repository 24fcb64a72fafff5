// Final states of jobs that squeue has forgotten: sacct, where the site keeps accounts, and the text file of
// jobcomp/filetxt. Pure. Only records with the token as their job's name are taken.
#pragma once

#include <string>
#include <vector>

#include "batch/slurm/squeue.hpp"

namespace tw::slurm {

std::vector<std::string> sacct_argv(std::uint32_t uid, const std::vector<KnownJob>& jobs);

// The ends of those jobs that the output knows; a tag may come twice.
std::vector<Found> read_sacct(const std::string& output, const std::vector<KnownJob>& jobs);

// grep for these jobs' lines: such files grow for years. It leaves with 1 where there is none.
std::vector<std::string> jobcomp_argv(const std::string& file, const std::vector<KnownJob>& jobs);

std::vector<Found> read_jobcomp(const std::string& output, const std::vector<KnownJob>& jobs);

}  // namespace tw::slurm
