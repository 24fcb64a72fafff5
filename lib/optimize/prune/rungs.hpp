// Steps at which asha and hyperband compare: min * eta^i.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "records/experiment.hpp"

namespace tw {

// `skipped`: so many of the first are left out. At `max` a trial is done, so no rung is there or beyond.
std::vector<std::int64_t> rung_steps(const PrunerSpec& spec, std::size_t skipped = 0);

// Brackets of hyperband: 1 + floor(log_eta(max / min)).
std::size_t bracket_count(const PrunerSpec& spec);

}  // namespace tw
