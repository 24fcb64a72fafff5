#include "optimize/prune/rungs.hpp"

#include <cmath>

namespace tw {

namespace {

// Powers and logarithms are rounded: 3^5 may come out a little above 243.
constexpr double rounding = 0x1p-51;

constexpr double no_end = 0x1p63;  // more than any step

}  // namespace

std::vector<std::int64_t> rung_steps(const PrunerSpec& spec, std::size_t skipped) {
    const double end = spec.max > 0 ? static_cast<double>(spec.max) : no_end;
    std::vector<std::int64_t> steps;
    for (double power = static_cast<double>(skipped);; ++power) {
        const double at =
            std::ceil(static_cast<double>(spec.min) * std::pow(spec.eta, power) * (1 - rounding));
        if (at >= end) return steps;
        const auto step = static_cast<std::int64_t>(at);
        if (steps.empty() || steps.back() < step) steps.push_back(step);
    }
}

std::size_t bracket_count(const PrunerSpec& spec) {
    const double range = static_cast<double>(spec.max) / static_cast<double>(spec.min);
    return static_cast<std::size_t>(std::log(range) / std::log(spec.eta) + 1e-9) + 1;
}

}  // namespace tw
