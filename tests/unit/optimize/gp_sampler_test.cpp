#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

const Space square = box(2, 0, 1);

// The first of all trials was the best, and so many have brought nothing since.
std::unique_ptr<Sampler> after_failures(int failures) {
    auto s = sampler(square, "gp");
    const auto random = sampler(square, "random");
    const auto tell = [&](std::int64_t number, const Params& params, double cost) {
        s->tell({"hand" + std::to_string(number), number + 1, -1, params, EndState::complete, {cost}});
    };
    tell(0, {{"x0", 0.3}, {"x1", 0.6}}, 0);
    for (int i = 1; i <= failures; ++i) {
        const Params params = random->ask(i).value().params;
        const std::vector<double> x = values_of(square, params);
        tell(i, params, std::hypot(x[0] - 0.3, x[1] - 0.6));
    }
    return s;
}

// How far proposal k is from the best trial, in the coordinate in which it is farther.
double distance(Sampler& s, std::int64_t k) {
    const std::vector<double> x = values_of(square, s.ask(k).value().params);
    return std::max(std::abs(x[0] - 0.3), std::abs(x[1] - 0.6));
}

// The trust region is halved by every four failures, and begun anew when it is tiny.
TEST(GpSampler, EveryFourthProposalLooksElsewhereOnceTheTrustRegionHasConverged) {
    const auto wide = after_failures(20), converged = after_failures(28), anew = after_failures(40);
    for (std::int64_t k = 103; k < 123; k += 4) {
        EXPECT_LT(distance(*wide, k), 0.1) << k;
        EXPECT_GT(distance(*converged, k), 0.1) << k;
        EXPECT_LT(distance(*converged, k - 2), 0.1) << "the other half stays: " << k - 2;
        EXPECT_LT(distance(*anew, k), 0.1) << k;
    }
}

}  // namespace
}  // namespace tw
