// The Gaussian processes of two objectives, and the hypervolume that a trial may add.
#include "optimize/gp/hypervolume.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "optimize/normal.hpp"
#include "unit/optimize/zdt1.hpp"

namespace tw::gp {
namespace {

using namespace test;
using Points = std::vector<Pair>;

// By what is left of a line at each height.
double area_of(const Points& points, const Pair& reference) {
    double area = 0, height = reference[1];
    for (const Pair& point : front_of(points)) {
        if (point[0] >= reference[0] || point[1] >= height) continue;
        area += (reference[0] - point[0]) * (height - point[1]);
        height = point[1];
    }
    return area;
}

double added_by(Points points, const Pair& more, const Pair& reference) {
    const double before = area_of(points, reference);
    points.push_back(more);
    return area_of(points, reference) - before;
}

// By the middles of equally likely parts.
double integrated(const Points& points, const Pair& reference, const Normals& normals) {
    constexpr int parts = 500;
    double sum = 0;
    for (int i = 0; i < parts; ++i)
        for (int j = 0; j < parts; ++j)
            sum += added_by(points,
                            {normals.means[0] + normals.deviations[0] * normal_quantile((i + 0.5) / parts),
                             normals.means[1] + normals.deviations[1] * normal_quantile((j + 0.5) / parts)},
                            reference);
    return sum / (parts * parts);
}

const Points front{{0.1, 0.9}, {0.3, 0.5}, {0.35, 0.45}, {0.8, 0.2}, {0.9, 0.9}, {2, 0}, {0.3, 0.5}};
const Pair reference{1.1, 1.2};

const std::vector<Normals> beliefs{
    {{0.4, 0.3}, {0.2, 0.1}}, {{0.05, 0.05}, {0.01, 0.3}}, {{0.9, 1.0}, {0.5, 0.4}}, {{-2, 0.6}, {0.3, 0.3}}};

TEST(Staircase, ExpectsWhatIntegrationFinds) {
    for (const Normals& normals : beliefs) {
        const double found = integrated(front, reference, normals);
        EXPECT_NEAR(std::exp(Staircase(front, reference).expected(normals).log), found, 0.01 * found);
    }
}

TEST(Staircase, OfAlmostCertainCostsItIsTheAreaThatTheyAdd) {
    for (const Pair& costs : {Pair{0.2, 0.2}, Pair{0, 0}, Pair{0.32, 0.47}, Pair{0.95, 0.1}})
        EXPECT_NEAR(std::exp(Staircase(front, reference).expected({costs, {1e-9, 1e-9}}).log),
                    added_by(front, costs, reference), 1e-7);
}

void expect_slopes(const Staircase& stairs, const Normals& normals, double step) {
    const auto expected = stairs.expected(normals);
    ASSERT_TRUE(std::isfinite(expected.log));
    SCOPED_TRACE(testing::Message() << normals.means[0] << " " << normals.means[1]);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto slope = [&](Pair Normals::*of) {
            Normals up = normals, down = normals;
            (up.*of)[i] += step, (down.*of)[i] -= step;
            return (stairs.expected(up).log - stairs.expected(down).log) / (2 * step);
        };
        const double by_mean = slope(&Normals::means), by_deviation = slope(&Normals::deviations);
        EXPECT_NEAR(expected.by_mean[i], by_mean, 1e-3 * std::max(1.0, std::abs(by_mean)));
        EXPECT_NEAR(expected.by_deviation[i], by_deviation, 1e-3 * std::max(1.0, std::abs(by_deviation)));
    }
}

TEST(Staircase, TheSlopesAreThoseOfTheExpectation) {
    for (const Normals& normals : beliefs) expect_slopes(Staircase(front, reference), normals, 1e-6);
    // Where it underflows.
    expect_slopes(Staircase(front, reference), {{9, 7}, {0.1, 0.2}}, 1e-5);
    expect_slopes(Staircase(front, reference), {{0.5, 40}, {0.01, 0.3}}, 1e-6);
    expect_slopes(Staircase(front, reference), {{60, 0.1}, {0.5, 0.01}}, 1e-5);
}

TEST(Staircase, WithAndWithoutLogarithmsItIsTheSame) {
    const Staircase stairs(front, reference);
    for (double mean = 2; mean < 5; mean += 0.01) {  // around what is computed without
        const auto here = stairs.expected({{mean, 0.4}, {0.1, 0.1}});
        const auto there = stairs.expected({{mean + 1e-4, 0.4}, {0.1, 0.1}});
        ASSERT_NEAR((there.log - here.log) / 1e-4, here.by_mean[0], 0.02 * std::abs(here.by_mean[0])) << mean;
    }
}

TEST(Staircase, LessCostsAndMoreDoubtAreWorthMore) {
    const Staircase stairs(front, reference);
    double last = std::numeric_limits<double>::infinity();
    for (const double mean : {-1e6, -3.0, 0.0, 0.4, 0.9, 2.0, 10.0, 1e3, 1e6}) {
        const double log = stairs.expected({{mean, 0.4}, {0.2, 0.2}}).log;
        EXPECT_LT(log, last) << mean;
        EXPECT_TRUE(std::isfinite(log)) << mean;
        last = log;
    }
    EXPECT_LT(stairs.expected({{0.9, 0.9}, {0.1, 0.1}}).log, stairs.expected({{0.9, 0.9}, {0.3, 0.1}}).log);
}

TEST(Staircase, FrontsWithoutAnExtentAreServed) {
    const Normals normals{{0.4, 0.4}, {0.2, 0.2}};
    for (const Points& points : {Points{}, Points{{0.5, 0.5}}, Points{{0.5, 0.5}, {0.5, 0.5}}, Points{{3, 3}},
                                 Points{{0.5, 0.5}, {0.5 + 1e-16, 0.5 - 1e-16}}}) {
        const double found = integrated(points, reference, normals);
        EXPECT_NEAR(std::exp(Staircase(points, reference).expected(normals).log), found, 0.01 * found);
        expect_slopes(Staircase(points, reference), {{80, 80}, {0.1, 0.1}}, 1e-4);
    }
    // Costs that are nearly the same, in the logarithms too.
    Points close;
    for (int i = 0; i < 50; ++i) close.push_back({0.5 + 1e-12 * i, 0.5 - 1e-12 * i});
    expect_slopes(Staircase(close, reference), {{80, 80}, {0.1, 0.1}}, 1e-4);
    expect_slopes(Staircase(close, reference), {{-80, 80}, {0.1, 0.1}}, 1e-4);
}

TEST(Reference, LiesBeyondTheFrontByItsExtentAndHardlyBeyondTheWorst) {
    const Points points{{0, 4}, {1, 2}, {10, 4.2}};
    const Pair found = reference_of(points, points.size());
    EXPECT_DOUBLE_EQ(found[0], 2);
    EXPECT_DOUBLE_EQ(found[1], 4.2 + 0.1 * 2.2);
    EXPECT_DOUBLE_EQ(reference_of(points, 1)[0], 10) << "a front of one point takes the extent of all";
    const Pair flat = reference_of({{3, 3}, {3, 3}}, 2);
    EXPECT_GT(flat[0], 3);
    EXPECT_GT(flat[1], 3);
}

std::unique_ptr<Sampler> gp_of(const Space& space, std::uint64_t seed = 1) {
    return std::move(make_sampler(space, OptimizerSpec{"gp", 60, 0, seed, {}}, {{"a"}, {"b"}}).value());
}

// One Gaussian process of a weighted sum, the weights drawn for each proposal, finds 4.89, 5.08 and 4.93.
TEST(HypervolumeSearch, FindsMoreOfTheFrontThanWeightedSums) {
    double sum = 0;
    for (const std::uint64_t seed : {1, 2, 3}) sum += hypervolume_of("gp", seed, 30, 1);
    EXPECT_GT(sum / 3, 5.05);
}

TEST(HypervolumeSearch, WhatIsUnderWayIsNotProposedAgain) {
    const Space space = box(2, 0, 1);
    Search search(gp_of(space), 1, 1);
    for (int i = 0; i < 15; ++i) {
        const Proposed ended = search.next_end();
        search.end(ended, EndState::complete, zdt1(values_of(space, ended.params)));
    }
    std::vector<std::vector<double>> at_work;
    for (std::int64_t k = search.next_k(); k < search.next_k() + 8; ++k) {
        const auto made = search.sampler().ask(k).value();
        search.sampler().proposed(k, made);
        at_work.push_back(values_of(space, made.params));
    }
    for (std::size_t i = 0; i < at_work.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GT(std::hypot(at_work[i][0] - at_work[j][0], at_work[i][1] - at_work[j][1]), 1e-3);
}

TEST(HypervolumeSearch, AnyFiniteCostsGetProposalsInTheSpace) {
    const auto alike = [](double, double) { return Costs{3, 3}; };
    const auto half = [](double x, double) { return Costs{x, 7}; };
    const auto huge = [](double x, double y) { return Costs{1.7e308 * (x - 0.5), -1e300 * y}; };
    const auto tiny = [](double x, double y) { return Costs{4.9e-324, x * y * 1e-300}; };
    const auto outlier = [](double x, double y) { return Costs{x > 0.7 ? 1e300 : x, y}; };
    const auto agreeing = [](double x, double y) { return Costs{x + y, x + y}; };
    const Space space = box(2, 0, 1);
    for (const auto& costs :
         std::vector<std::function<Costs(double, double)>>{alike, half, huge, tiny, outlier, agreeing}) {
        Search search(gp_of(space), 3, 1);
        for (int i = 0; i < 25; ++i) {
            const Proposed ended = search.next_end();
            const auto x = values_of(space, ended.params);
            for (const double value : x) ASSERT_TRUE(value >= 0 && value <= 1) << i;
            search.end(ended, EndState::complete, costs(x[0], x[1]));
        }
    }
}

TEST(HypervolumeSearch, OneHugeCostDoesNotHideTheFront) {
    const Space space = box(4, 0, 1);
    Search search(gp_of(space), 1, 1);
    std::vector<Costs> found;
    for (int i = 0; i < 40; ++i) {
        const Proposed ended = search.next_end();
        found.push_back(zdt1(values_of(space, ended.params)));
        if (i == 3) found.back()[1] = 1e300;
        search.end(ended, EndState::complete, found.back());
    }
    EXPECT_GT(hypervolume(found), 4.6);
}

TEST(HypervolumeSearch, SeesEveryBranch) {
    const Space space{{choice("kind", {text("p"), text("q")}), when(real("x", 0, 1), "kind", {text("p")}),
                       when(real("y", 0, 1), "kind", {text("q")})}};
    Search search(gp_of(space), 2, 1);
    std::set<std::string> late;
    for (int i = 0; i < 40; ++i) {
        const Proposed ended = search.next_end();
        const std::string kind = std::get<std::string>(ended.params.at("kind"));
        if (i >= 20) late.insert(kind);
        const double at = values_of(space, ended.params)[kind == "p" ? 1 : 2];
        search.end(ended, EndState::complete, {at + (kind == "q"), 1 - at + (kind == "q")});
    }
    EXPECT_EQ(late.size(), 2u) << "q is beaten everywhere";
}

}  // namespace
}  // namespace tw::gp
