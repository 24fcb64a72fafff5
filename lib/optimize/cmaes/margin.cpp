#include "optimize/cmaes/margin.hpp"

#include <algorithm>
#include <cmath>

#include "optimize/normal.hpp"

namespace tw::cmaes {
namespace {

// The mean comes no farther from the only side there is than alpha allows.
Marginal at_end(Marginal m, Share cell, double alpha) {
    const double most = m.deviation * normal_quantile_above(std::min(alpha, 0.5));
    if (std::isfinite(cell.low)) m.mean = std::min(m.mean, cell.low + most);
    if (std::isfinite(cell.high)) m.mean = std::max(m.mean, cell.high - most);
    return m;
}

Marginal between(Marginal m, Share cell, double alpha) {
    const double below = normal_below((cell.low - m.mean) / m.deviation),
                 above = normal_below((m.mean - cell.high) / m.deviation);
    if (std::min(below, above) >= alpha / 2) return m;
    const double stay = 1 - below - above;
    double low = std::max(alpha / 2, below), high = std::max(alpha / 2, above);
    const double excess = (1 - low - high - stay) / (low + high + stay - 1.5 * alpha);
    low += excess * (low - alpha / 2);
    high += excess * (high - alpha / 2);
    const double q_low = normal_quantile_above(low), q_high = normal_quantile_above(high);
    return {(cell.low * q_high + cell.high * q_low) / (q_low + q_high),
            (cell.high - cell.low) / (q_low + q_high)};
}

}  // namespace

Marginal with_margin(Marginal marginal, Share cell, double alpha) {
    const bool low = std::isfinite(cell.low), high = std::isfinite(cell.high);
    if (!low && !high) return marginal;
    return low && high ? between(marginal, cell, alpha) : at_end(marginal, cell, alpha);
}

}  // namespace tw::cmaes
