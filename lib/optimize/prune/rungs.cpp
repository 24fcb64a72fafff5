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

std::vector<std::int64_t> budget_steps(const PrunerSpec& spec, std::size_t skipped) {
    std::vector<std::int64_t> steps = rung_steps(spec, skipped);
    if (spec.max > 0) steps.push_back(spec.max);
    return steps;
}

std::size_t bracket_count(const PrunerSpec& spec) {
    if (spec.type == "asha") return 1;
    const double range = static_cast<double>(spec.max) / static_cast<double>(spec.min);
    return static_cast<std::size_t>(std::log(range) / std::log(spec.eta) + 1e-9) + 1;
}

std::vector<double> bracket_shares(const PrunerSpec& spec) {
    const std::size_t count = bracket_count(spec);
    std::vector<double> shares;
    for (std::size_t b = 0; b < count; ++b) {
        const auto rungs = static_cast<double>(count - 1 - b);
        shares.push_back(std::ceil(static_cast<double>(count) * std::pow(spec.eta, rungs) / (rungs + 1)));
    }
    return shares;
}

std::size_t bracket_at(const std::vector<double>& shares, double place) {
    std::size_t b = 0;
    while (b + 1 < shares.size() && place >= shares[b]) place -= shares[b++];
    return b;
}

}  // namespace tw
