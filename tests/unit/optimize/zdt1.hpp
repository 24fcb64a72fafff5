// Searches for the front of two objectives, and how good they are.
#pragma once

#include <algorithm>

#include "unit/optimize/search.hpp"

namespace tw::test {

using Costs = std::vector<double>;

// Of two objectives, up to (1.1, 5).
inline double hypervolume(std::vector<Costs> points) {
    std::sort(points.begin(), points.end());
    double volume = 0, height = 5;
    for (const Costs& point : points) {
        if (point[0] >= 1.1 || point[1] >= height) continue;
        volume += (1.1 - point[0]) * (height - point[1]);
        height = point[1];
    }
    return volume;
}

// Zitzler, Deb, Thiele (2000); in the unit cube. All of its front has a hypervolume of 5.17 here.
inline Costs zdt1(const std::vector<double>& x) {
    double g = 1;
    for (std::size_t i = 1; i < x.size(); ++i) g += 9 * x[i] / static_cast<double>(x.size() - 1);
    return {x[0], g * (1 - std::sqrt(x[0] / g))};
}

inline double hypervolume_of(const char* name, std::uint64_t seed, std::int64_t trials,
                             std::size_t parallel) {
    const Space space = box(10, 0, 1);
    OptimizerSpec spec{name, trials, 0, seed, {}};
    Search search(std::move(make_sampler(space, spec, {{"a"}, {"b"}}).value()), parallel, seed);
    std::vector<Costs> found;
    for (std::int64_t i = 0; i < trials; ++i) {
        const Proposed ended = search.next_end();
        found.push_back(zdt1(values_of(space, ended.params)));
        search.end(ended, EndState::complete, found.back());
    }
    return hypervolume(found);
}

}  // namespace tw::test
