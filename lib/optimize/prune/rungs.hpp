// Steps at which asha and hyperband compare: min * eta^i.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "records/experiment.hpp"

namespace tw {

// `skipped`: so many of the first are left out. At `max` a trial is done, so no rung is there or beyond.
std::vector<std::int64_t> rung_steps(const PrunerSpec& spec, std::size_t skipped = 0);

// The steps to which trials are trained where they are promoted: the rungs, and `max` if it is stated.
std::vector<std::int64_t> budget_steps(const PrunerSpec& spec, std::size_t skipped = 0);

// Brackets of hyperband and bohb: 1 + floor(log_eta(max / min)); asha has one.
std::size_t bracket_count(const PrunerSpec& spec);

// What part of the trials each bracket is given, in units of their own: so many as Li et al. start a bracket
// with, JMLR 18 (2018), algorithm 1.
std::vector<double> bracket_shares(const PrunerSpec& spec);

// Which share holds `place`, from 0 to their sum.
std::size_t bracket_at(const std::vector<double>& shares, double place);

}  // namespace tw
