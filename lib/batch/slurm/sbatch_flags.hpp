// Which long options of sbatch(1) a user may say.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw::slurm {

// Refused: what trialwatch says itself, what would break its ways, and abbreviations of these, for sbatch takes any
// beginning that is clear. Names that are nearly one of sbatch's, or of `ours`, are refused with what was meant. Others
// pass: sites add options by plugins.
Status check_sbatch_flag(const std::string& name, const std::vector<std::string>& ours);

// The reason why this one, written out or shortened, is refused; "" if it is not.
std::string refused_flag(const std::string& name);

}  // namespace tw::slurm
