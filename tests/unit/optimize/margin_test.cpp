#include "optimize/cmaes/margin.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tw::cmaes {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double below(const Marginal& m, double x) {
    return std::erfc((m.mean - x) / m.deviation / std::sqrt(2.0)) / 2;
}

TEST(Margin, ANarrowOneReachesBothNeighbours) {
    for (const double mean : {0.2, 0.2001, 0.25, 0.2999, 0.3}) {
        for (const double deviation : {1e-12, 1e-6, 1e-3, 0.02}) {
            const Marginal kept = with_margin({mean, deviation}, {0.2, 0.3}, 0.05);
            EXPECT_GE(below(kept, 0.2), 0.025 - 1e-9) << mean << " " << deviation;
            EXPECT_GE(1 - below(kept, 0.3), 0.025 - 1e-9) << mean << " " << deviation;
            EXPECT_GE(kept.mean, 0.2);
            EXPECT_LE(kept.mean, 0.3);
        }
    }
}

TEST(Margin, AWideOneStays) {
    const Marginal kept = with_margin({0.25, 0.1}, {0.2, 0.3}, 0.05);
    EXPECT_EQ(kept.mean, 0.25);
    EXPECT_EQ(kept.deviation, 0.1);
}

TEST(Margin, AtAnEndTheMeanComesBack) {
    const Marginal first = with_margin({0.01, 0.01}, {-infinity, 0.1}, 0.05);
    EXPECT_NEAR(1 - below(first, 0.1), 0.05, 1e-9);
    EXPECT_EQ(first.deviation, 0.01);
    const Marginal last = with_margin({7, 0.01}, {0.9, infinity}, 0.05);
    EXPECT_NEAR(below(last, 0.9), 0.05, 1e-9);
    EXPECT_EQ(with_margin({0.95, 0.2}, {0.9, infinity}, 0.05).mean, 0.95);
}

TEST(Margin, OneValueHasNone) {
    EXPECT_EQ(with_margin({3, 0.5}, {-infinity, infinity}, 0.05).mean, 3);
}

}  // namespace
}  // namespace tw::cmaes
