#include "optimize/tpe/parzen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "optimize/tpe/split.hpp"
#include "unit/optimize/spaces.hpp"

namespace tw::tpe {
namespace {

using namespace test;

// The mean of the density over an even choice of points is the integral.
double integral(const Parzen& parzen, const std::vector<Point>& points) {
    double sum = 0;
    for (const Point& point : points) sum += std::exp(parzen.log_density(point));
    return sum / static_cast<double>(points.size());
}

const Width both[] = {Width::gaps, Width::scott};

TEST(Parzen, IsADensityOverRealColumns) {
    const auto axes = axes_of(UnitCube({{real("x", 0, 1), real("y", 0, 1)}}));
    std::vector<Point> points;
    for (int i = 0; i < 100; ++i)
        for (int j = 0; j < 100; ++j) points.push_back({(i + 0.5) / 100, (j + 0.5) / 100});
    for (const Width width : both)
        EXPECT_NEAR(
            integral(Parzen(axes, {{0.01, 0.5}, {0.6, 0.99}, {0.72, 0.3}}, {1, 0.5, 1.5}, width), points), 1,
            2e-3);
}

TEST(Parzen, IsADistributionOverLevelsAndCategories) {
    const auto axes =
        axes_of(UnitCube({{integer("n", 1, 4), choice("c", {text("p"), text("q"), text("r")})}}));
    std::vector<Point> points;
    for (int n = 0; n < 4; ++n)
        for (int c = 0; c < 3; ++c) points.push_back({(n + 0.5) / 4, (c + 0.5) / 3});
    for (const Width width : both) {
        const Parzen parzen(axes, {{0.125, 0.5}, {0.875, 1.0 / 6}}, {}, width);
        EXPECT_NEAR(integral(parzen, points), 1, 1e-9);
        EXPECT_GT(parzen.log_density(points[1]), parzen.log_density(points[0]))
            << "the category of the trial there";
        EXPECT_GT(parzen.log_density(points[1]), parzen.log_density(points[4])) << "and its level";
    }
}

TEST(Parzen, GapsFollowTheCrowd) {
    const auto axes = axes_of(UnitCube({{real("x", 0, 1)}}));
    std::vector<Point> members{{0.1}};
    for (int i = 0; i < 30; ++i) members.push_back({0.8 + 0.001 * i});
    const Parzen gaps(axes, members, {}, Width::gaps), scott(axes, members, {}, Width::scott);
    EXPECT_GT(gaps.log_density({0.81}), scott.log_density({0.81}));
    EXPECT_GT(gaps.log_density({0.4}), scott.log_density({0.4})) << "the lonely one is wide";
}

TEST(Parzen, WhatIsInactiveSaysNothing) {
    const auto axes =
        axes_of(UnitCube({{choice("m", {text("a"), text("b")}), when(real("x", 0, 1), "m", {text("a")})}}));
    const double none = std::nan("");
    const Parzen parzen(axes, {{0.25, 0.1}, {0.75, none}}, {}, Width::gaps);
    EXPECT_GT(parzen.log_density({0.25, 0.1}), parzen.log_density({0.25, 0.9}));
    EXPECT_GT(parzen.log_density({0.75, none}), parzen.log_density({0.25, 0.9}));
}

TEST(Parzen, DrawsComeFromIt) {
    const auto axes = axes_of(UnitCube({{real("x", 0, 1), choice("c", {true, false})}}));
    const Parzen parzen(axes, {{0.2, 0.25}}, {}, Width::gaps);
    Stream stream(1);
    int near = 0, same = 0;
    for (int i = 0; i < 4000; ++i) {
        const Point point = parzen.draw(stream);
        ASSERT_TRUE(point[0] >= 0 && point[0] <= 1);
        near += point[0] < 0.5;
        same += point[1] < 0.5;
    }
    std::vector<Point> halves;
    for (int i = 0; i < 100; ++i)
        for (const double c : {0.25, 0.75}) halves.push_back({(i + 0.5) / 200, c});
    EXPECT_NEAR(near / 4000.0, integral(parzen, halves) / 2, 0.03);
    EXPECT_GT(same, 2700);
}

History told_costs(const std::vector<std::vector<double>>& costs) {
    std::vector<Objective> objectives(std::max<std::size_t>(1, costs.front().size()), {"cost"});
    History history(UnitCube({{real("x", 0, 1)}}), objectives);
    std::int64_t seq = 0;
    for (auto& values : costs) {
        ++seq;
        Observation told{std::to_string(seq), seq, seq, {{"x", 0.5}}, EndState::complete, values};
        if (values.empty()) told.state = EndState::failed, told.own_fault = true;
        history.tell(told);
    }
    return history;
}

TEST(Split, TheBestAreGoodAndWeighByTheirGain) {
    std::vector<std::vector<double>> costs;
    for (int i = 0; i < 20; ++i) costs.push_back({static_cast<double>((i * 7) % 20)});
    costs.push_back({0.5});
    const Split parts = split(told_costs(costs));
    ASSERT_EQ(parts.good.size(), 4u) << "15 % of 21";
    EXPECT_EQ(parts.good[0], 0u);
    EXPECT_EQ(parts.good[1], 20u);
    EXPECT_EQ(parts.bad.size(), 17u);
    EXPECT_GT(parts.weights[0], parts.weights[3]);
    EXPECT_NEAR(std::accumulate(parts.weights.begin(), parts.weights.end(), 0.0), 4, 1e-9);
}

TEST(Split, AFailureIsBadAndHasNoValue) {
    const Split parts = split(told_costs({{1}, {}, {2}, {3}}));
    EXPECT_EQ(parts.good, (std::vector<std::size_t>{0}));
    EXPECT_EQ(std::count(parts.bad.begin(), parts.bad.end(), 1u), 1);
}

TEST(Split, OfSeveralObjectivesTheFirstFrontIsGood) {
    const Split parts =
        split(told_costs({{3, 3}, {1, 2}, {2, 1}, {4, 4}, {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 9}, {9, 10}}));
    ASSERT_EQ(parts.good.size(), 2u);
    EXPECT_EQ(parts.good[0] + parts.good[1], 3u);
}

}  // namespace
}  // namespace tw::tpe
