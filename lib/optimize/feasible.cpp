#include "optimize/feasible.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

constexpr int tries = 1000;  // at an even draw
constexpr int steps = 300;   // of a walk
constexpr std::size_t starts = 16;
constexpr std::int64_t most_draws_for_more = 20'000;  // for more starts than one

std::vector<double> random_point(const UnitCube& cube, Stream& stream) {
    std::vector<double> point(cube.dimension());
    for (double& u : point) u = draw_unit(stream);
    return point;
}

double reflected(double u) {
    u = std::abs(u);
    return u > 1 ? std::max(2 - u, 0.0) : u;
}

// One coordinate or about half of them, by a step of any size.
std::vector<double> moved(std::vector<double> point, Stream& stream) {
    const double reach = std::pow(10.0, -4 * draw_unit(stream));
    const auto only = static_cast<std::size_t>(draw_unit(stream) * static_cast<double>(point.size()));
    const bool several = draw_unit(stream) < 0.5;
    for (std::size_t i = 0; i < point.size(); ++i) {
        const double step = reach * (2 * draw_unit(stream) - 1);
        if (i == only || (several && draw_unit(stream) < 0.5)) point[i] = reflected(point[i] + step);
    }
    return point;
}

// Where the default configuration lies, if it has one that is feasible.
std::vector<double> default_point(const UnitCube& cube) {
    const auto params = default_configuration(cube.space());
    if (!params) return {};
    std::vector<double> point;
    for (const auto& u : cube.point(*params)) point.push_back(u.value_or(0.5));
    return cube.feasible(point) ? point : std::vector<double>{};
}

std::vector<std::vector<double>> found_points(const UnitCube& cube, std::uint64_t seed) {
    Stream stream = make_stream(seed, 0, "feasible");
    std::vector<std::vector<double>> found;
    for (std::int64_t i = 0; i < (found.empty() ? most_feasible_draws : most_draws_for_more); ++i) {
        auto point = random_point(cube, stream);
        if (cube.feasible(point)) found.push_back(std::move(point));
        if (found.size() == starts) break;
    }
    return found;
}

Error none_found(const UnitCube& cube, std::uint64_t seed) {
    const FeasibleShare share = feasible_share(cube, seed, most_feasible_draws);
    Error error{Code::invalid, {}};
    error.pointer = "/constraints/parameters";
    if (share.met_rarest == 0)
        error.what = fmt::format("none of {} configurations drawn at random meets the constraint '{}'",
                                 most_feasible_draws, share.rarest);
    else
        error.what = fmt::format(
            "none of {} configurations drawn at random meets all constraints; '{}' is met by {} of them",
            most_feasible_draws, share.rarest, share.met_rarest);
    error.hint = "loosen it, narrow the space, or give each parameter a default that meets it";
    return error;
}

}  // namespace

FeasibleShare feasible_share(const UnitCube& cube, std::uint64_t seed, std::int64_t draws) {
    const std::vector<Expression>& constraints = cube.space().constraints;
    FeasibleShare share{draws, draws, "", draws};
    if (constraints.empty()) return share;
    share.met = 0;
    std::vector<std::int64_t> met(constraints.size(), 0);
    Stream stream = make_stream(seed, 0, "feasible");
    for (std::int64_t i = 0; i < draws; ++i) {
        const Params params = cube.params(random_point(cube, stream));
        bool all = true;
        for (std::size_t j = 0; j < constraints.size(); ++j) {
            const bool holds = constraints[j].holds(params);
            met[j] += holds;
            all = all && holds;
        }
        share.met += all;
    }
    const auto rarest = std::min_element(met.begin(), met.end());
    share.rarest = constraints[static_cast<std::size_t>(rarest - met.begin())].text();
    share.met_rarest = *rarest;
    return share;
}

Result<Feasible> Feasible::make(const UnitCube& cube, std::uint64_t seed) {
    Feasible feasible(cube);
    if (cube.space().constraints.empty()) return feasible;
    if (cube.dimension() == 0)
        return cube.feasible({}) ? Result<Feasible>(feasible)
                                 : Result<Feasible>(fail(none_found(cube, seed)));
    feasible.known_ = found_points(cube, seed);
    if (auto point = default_point(cube); feasible.known_.empty() && !point.empty())
        feasible.known_.push_back(std::move(point));
    if (feasible.known_.empty()) return fail(none_found(cube, seed));
    return feasible;
}

// A walk that takes every feasible step ends anywhere in what is feasible and connected with equal chance, of
// the cube; priors count where a point was drawn.
std::vector<double> Feasible::draw(const UnitCube& cube, Stream& stream) const {
    const auto drawn = [&] {
        std::vector<double> point = random_point(cube, stream);
        for (std::size_t i = 0; i < point.size(); ++i) point[i] = priors_[i].quantile(point[i]);
        return point;
    };
    std::vector<double> point = drawn();
    for (int i = 1; i < tries && !cube.feasible(point); ++i) point = drawn();
    if (known_.empty() || cube.feasible(point)) return point;
    const auto start = static_cast<std::size_t>(draw_unit(stream) * static_cast<double>(known_.size()));
    point = known_[std::min(start, known_.size() - 1)];
    for (int i = 0; i < steps; ++i)
        if (auto next = moved(point, stream); cube.feasible(next)) point = std::move(next);
    return point;
}

}  // namespace tw
