// Deb & Agrawal, "Simulated Binary Crossover for Continuous Search Space", Complex Systems 9 (1995); both
// operators for a bounded coordinate as in Deb's own program of NSGA-II, with its usual constants.
#include "optimize/nsga2/offspring.hpp"

#include <algorithm>
#include <cmath>

namespace tw::nsga2 {
namespace {

constexpr double crossover_index = 15, mutation_index = 20;
constexpr double crossover_rate = 0.9;

bool chance(Stream& stream, double probability) {
    return draw_unit(stream) < probability;
}

// How far a child is spread, where `room` is the distance to the nearer bound in units of half the parents'.
double spread(double room, Stream& stream) {
    const double power = crossover_index + 1;
    const double alpha = 2 - std::pow(1 + room, -power), u = draw_unit(stream) * alpha;
    return std::pow(u <= 1 ? u : 1 / (2 - u), 1 / power);
}

double simulated_binary(double a, double b, Stream& stream) {
    const double low = std::min(a, b), high = std::max(a, b), middle = (low + high) / 2;
    const bool lower = chance(stream, 0.5);
    const double reach = (high - low) / 2;
    if (reach < 1e-12) return a;
    const double half = reach * spread((lower ? low : 1 - high) / reach, stream);
    return std::clamp(lower ? middle - half : middle + half, 0.0, 1.0);
}

double cross(const Parameter& axis, double a, double b, Stream& stream) {
    if (!std::isfinite(a) && !std::isfinite(b)) return draw_unit(stream);
    if (!std::isfinite(a) || !std::isfinite(b)) return std::isfinite(a) ? a : b;
    if (is_category(axis)) return chance(stream, 0.5) ? a : b;
    return chance(stream, 0.5) ? simulated_binary(a, b, stream) : a;
}

double polynomial(double x, Stream& stream) {
    const double power = mutation_index + 1, u = draw_unit(stream);
    const double moved = u < 0.5
                             ? x + std::pow(2 * u + (1 - 2 * u) * std::pow(1 - x, power), 1 / power) - 1
                             : x + 1 - std::pow(2 * (1 - u) + (2 * u - 1) * std::pow(x, power), 1 / power);
    return std::clamp(moved, 0.0, 1.0);
}

double mutate(const Parameter& axis, double x, Stream& stream) {
    if (is_category(axis)) return draw_unit(stream);
    const double moved = polynomial(x, stream);
    const bool stays = value_count(axis) > 0 && same_value(from_unit(axis, x), from_unit(axis, moved));
    return stays ? neighbouring(axis, x, moved >= x) : moved;
}

}  // namespace

Point make_child(const std::vector<Parameter>& axes, const Point& a, const Point& b, Stream& stream) {
    const bool crosses = chance(stream, crossover_rate);
    const double mutation_rate = 1 / static_cast<double>(std::max<std::size_t>(axes.size(), 1));
    Point child;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const bool has = std::isfinite(a[i]);
        double x = crosses || !has ? cross(axes[i], a[i], b[i], stream) : a[i];
        if (chance(stream, mutation_rate)) x = mutate(axes[i], x, stream);
        child.push_back(x);
    }
    return child;
}

}  // namespace tw::nsga2
