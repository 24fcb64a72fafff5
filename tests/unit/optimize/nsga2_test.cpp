#include <gtest/gtest.h>

#include <set>

#include "optimize/nsga2/offspring.hpp"
#include "optimize/nsga2/population.hpp"
#include "unit/optimize/zdt1.hpp"

namespace tw {
namespace {

using namespace test;

TEST(Nsga2, FindsTheFrontOfZdt1) {
    EXPECT_LT(hypervolume_of("random", 1, 1000, 1), 3.5);
    EXPECT_GT(hypervolume_of("nsga2", 1, 1000, 1), 4.6);
    EXPECT_GT(hypervolume_of("nsga2", 2, 1000, 16), 4.6);
    EXPECT_GT(hypervolume_of("nsga2", 3, 200, 4), 3.2);
}

TEST(Nsga2, ServesOneObjective) {
    EXPECT_LT(best_of(1500, box(5, -5, 5), ellipsoid(1), "nsga2", 1), 0.05);
}

TEST(Nsga2, ChildrenFitInAnySpace) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Space space = random_space(seed);
        Search search(sampler(space, "nsga2", seed), 3, seed);
        for (int i = 0; i < 60; ++i) {
            const Proposed ended = search.next_end();
            const Status fit = fits(space, ended.params);
            ASSERT_TRUE(fit) << "space " << seed << ", trial " << i << ": " << fit.error().text();
            search.end(ended, EndState::complete, {static_cast<double>(i % 7)});
        }
    }
}

TEST(Nsga2, ASmallSpaceIsHardlyTriedTwice) {
    const Space space{
        {integer("n", 1, 6), choice("c", {text("a"), text("b"), text("c")}), real("x", 0, 1, 0.25)}};
    Search search(sampler(space, "nsga2"), 4, 1);
    std::set<std::string> tried;
    for (int i = 0; i < 60; ++i) {
        const Proposed ended = search.next_end();
        tried.insert(key(ended.params));
        search.end(ended, EndState::complete, {values_of(space, ended.params)[0]});
    }
    EXPECT_GE(tried.size(), 50u);  // of 90
}

// What fails lies above 0.3; children are rarely far from their parents.
TEST(Nsga2, WhatFailedIsNoParent) {
    const Space space{{real("x", 0, 1)}};
    Search search(sampler(space, "nsga2"), 2, 1);
    int failed = 0;
    for (int i = 0; i < 300; ++i) {
        const Proposed ended = search.next_end();
        const double x = values_of(space, ended.params)[0];
        if (x > 0.3) {
            search.end(ended, EndState::failed, {}, true);
            failed += i >= 100;
        } else {
            search.end(ended, EndState::complete, {0.3 - x});
        }
    }
    EXPECT_LT(failed, 110);
}

TEST(Nsga2, FewTrialsMakeASmallPopulation) {
    for (const auto& [trials, population] :
         std::vector<std::pair<std::int64_t, std::int64_t>>{{10, 8}, {100, 20}, {5000, 50}}) {
        const Space space = box(2, 0, 1);
        OptimizerSpec spec{"nsga2", trials, 0, 1, {}};
        const auto s = std::move(make_sampler(space, spec, {{"a"}}).value());
        std::int64_t first_child = 0;
        for (std::int64_t k = 0; first_child == 0; ++k) {
            const Suggestion suggestion = s->ask(k).value();
            if (suggestion.by == "nsga2") first_child = k;
            s->tell({std::to_string(k),
                     k + 1,
                     k,
                     suggestion.params,
                     EndState::complete,
                     {1.0 * static_cast<double>(k)}});
        }
        EXPECT_EQ(first_child, population);
    }
}

Told told(const char* trial, Costs costs) {
    return {trial, -1, {0.5}, std::move(costs), false};
}

std::string names_of(const nsga2::Population& population) {
    std::string names;
    for (const Told& member : population.best_first()) names += member.trial;
    return names;
}

TEST(Population, ByFrontThenByCrowding) {
    nsga2::Population population(5);
    population.add(told("d", {5, 5}));
    population.add(told("b", {2, 2}));
    population.add(told("a", {0, 4}));
    population.add(told("c", {4, 0}));
    population.add(told("e", {1.9, 2.2}));
    EXPECT_EQ(names_of(population), "cabed") << "the ends, the front by distance, the dominated";
    population.add(told("f", {6, 6}));
    EXPECT_EQ(names_of(population), "cabed") << "the last goes";
    population.add(told("g", {1, 3}));
    EXPECT_EQ(names_of(population).find('d'), std::string::npos);
    population.remove("a");
    EXPECT_EQ(population.best_first().size(), 4u);
}

TEST(Offspring, StaysInTheCubeAndInherits) {
    const std::vector<Parameter> axes{real("x", 0, 1), choice("c", {true, false}), real("only_a", 0, 1),
                                      real("none", 0, 1)};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Point a{0.0, 0.25, 0.5, nan}, b{1.0, 0.75, nan, nan};
    int inherited = 0;
    for (std::uint64_t k = 0; k < 1000; ++k) {
        Stream stream = make_stream(1, k, "test");
        const Point child = nsga2::make_child(axes, a, b, stream);
        ASSERT_EQ(child.size(), 4u);
        for (const double u : child) ASSERT_TRUE(u >= 0 && u <= 1) << u;
        inherited += child[2] == 0.5;
    }
    EXPECT_NEAR(inherited, 750, 60);
}

TEST(Offspring, AMutatedStepIsAnotherValue) {
    const std::vector<Parameter> axes{integer("n", 1, 3)};
    for (std::uint64_t k = 0; k < 100; ++k) {
        Stream stream = make_stream(1, k, "test");
        const Point child = nsga2::make_child(axes, {0.5}, {0.5}, stream);
        EXPECT_NE(from_unit(axes[0], child[0]), Scalar{std::int64_t{2}});
    }
}

}  // namespace
}  // namespace tw
