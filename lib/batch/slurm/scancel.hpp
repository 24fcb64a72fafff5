// How jobs are named to scancel, and what it answers. Pure.
//
// By ids only, and these from a look of this moment: with a filter beside them (--name, --state) an element of a waiting
// array means the whole array to scancel 22.05.
#pragma once

#include <string>
#include <vector>

#include "batch/slurm/squeue.hpp"
#include "ports/commands.hpp"

namespace tw::slurm {

// "12", "13_[1-500,502]": as few words as it takes.
std::vector<std::string> job_words(const std::vector<Found>& jobs);

// Whole command lines: `scancel`, the words of `how`, and as many of `jobs` as one command line holds.
std::vector<std::vector<std::string>> scancel_argvs(const std::vector<std::string>& how, const std::vector<std::string>& jobs);

// Jobs that have ended meanwhile are no error. Code::busy: one of them was just changing its state.
Status read_cancelled(const CommandResult& result);

}  // namespace tw::slurm
