#include "optimize/gp/trust_region.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw::gp {
namespace {

constexpr double first = 0.8, longest = 1.6, shortest = 0.01;
constexpr double least_gain = 1e-3;  // of the best value, to count as a success

}  // namespace

double trust_length(const History& history, std::size_t startup) {
    double length = first, best = std::numeric_limits<double>::infinity(), least = best;
    std::size_t seen = 0, successes = 0, failures = 0;
    const std::size_t patience = std::max<std::size_t>(4, history.cube().dimension());
    for (const Told& told : history.told()) {
        if (told.replaced || told.costs.empty()) continue;
        const double cost = told.costs[0];
        const bool nearer = told.violation < least, as_near = told.violation == least;
        const bool success = nearer || (as_near && cost < best - least_gain * std::abs(best));
        if (nearer) least = told.violation, best = cost;
        if (as_near) best = std::min(best, cost);
        if (++seen <= startup) continue;
        successes = success ? successes + 1 : 0;
        failures = success ? 0 : failures + 1;
        if (successes == 3) length = std::min(2 * length, longest), successes = 0;
        if (failures == patience) length /= 2, failures = 0;
        if (length < shortest) length = first;
    }
    return length;
}

void confine(SearchSpace& space, const Vector& centre, double length, const Vector& lengths) {
    const double mean = std::exp(lengths.array().log().mean());
    for (Eigen::Index i = 0; i < centre.size(); ++i) {
        if (space.columns[static_cast<std::size_t>(i)].kind == ColumnKind::category) continue;
        const double half = length / 2 * std::clamp(lengths(i) / mean, 0.25, 4.0);
        space.low(i) = std::max(0.0, centre(i) - half);
        space.high(i) = std::min(1.0, centre(i) + half);
    }
}

}  // namespace tw::gp
