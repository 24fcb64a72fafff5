// The signed-rank test against known values, and the pruner that asks it.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "optimize/prune/signed_rank.hpp"
#include "pruner_story.hpp"

namespace tw::test {
namespace {

// Over all 2^n signs, from the definition. `differences` are distinct, or tied, or zero.
double by_hand(const std::vector<double>& differences) {
    auto rank = [&](double d) {
        double below = 0, same = 0;
        for (const double other : differences) {
            below += std::abs(other) < std::abs(d);
            same += std::abs(other) == std::abs(d);
        }
        return below + (same + 1) / 2;
    };
    double observed = 0;
    for (const double d : differences) observed += d > 0 ? rank(d) : d == 0 ? rank(d) / 2 : 0;
    int as_much = 0;
    const unsigned all = 1u << differences.size();
    for (unsigned signs = 0; signs < all; ++signs) {
        double sum = 0;
        for (std::size_t i = 0; i < differences.size(); ++i)
            sum += differences[i] == 0 ? rank(0) / 2 : signs >> i & 1 ? rank(differences[i]) : 0;
        as_much += sum >= observed - 1e-9;
    }
    return static_cast<double>(as_much) / all;
}

TEST(SignedRank, KnownValues) {
    // Darwin's plants, as in the documentation of scipy.stats.wilcoxon: two-sided 0.041259765625.
    EXPECT_DOUBLE_EQ(signed_rank_p({6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75}),
                     0.041259765625 / 2);
    EXPECT_DOUBLE_EQ(signed_rank_p({1, 2, 3, 4, 5}), 1.0 / 32);
    EXPECT_DOUBLE_EQ(signed_rank_p({-1, -2, -3, -4, -5}), 1);
    EXPECT_DOUBLE_EQ(signed_rank_p({-1, 2, 3, 4, 5}), 2.0 / 32);
    EXPECT_DOUBLE_EQ(signed_rank_p({}), 1);
    EXPECT_DOUBLE_EQ(signed_rank_p({0, 0, 0}), 1);
}

TEST(SignedRank, AsTheDefinitionSays) {
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        std::vector<double> differences;
        for (std::size_t n = 1 + random() % 9; n > 0; --n)
            differences.push_back(static_cast<double>(random() % 9) - 4);
        ASSERT_NEAR(signed_rank_p(differences), by_hand(differences), 1e-12) << "round " << round;
    }
}

// 51 differences, the larger ones positive from `first` on: the normal approximation takes over.
std::vector<double> many(int count, int first) {
    std::vector<double> differences;
    for (int i = 1; i <= count; ++i) differences.push_back(i < first ? -i : i);
    return differences;
}

TEST(SignedRank, TheApproximationGoesOnWhereTheExactOneEnds) {
    // Sum of 36 ... 51: 696; mean 663, deviation sqrt(51 * 52 * 103 / 24).
    const double z = (696 - 663) / std::sqrt(51.0 * 52 * 103 / 24);
    EXPECT_NEAR(signed_rank_p(many(51, 36)), std::erfc(z / std::sqrt(2.0)) / 2, 1e-12);
    // The exact one of 36 ... 50 is near to its own approximation.
    const double z50 = (645 - 637.5) / std::sqrt(50.0 * 51 * 101 / 24);
    EXPECT_NEAR(signed_rank_p(many(50, 36)), std::erfc(z50 / std::sqrt(2.0)) / 2, 0.003);
    EXPECT_DOUBLE_EQ(signed_rank_p(std::vector<double>(60, 0.0)), 1);
    EXPECT_LT(signed_rank_p(many(500, 1)), 1e-50);
}

const std::string best = "b 0 1\nb 1 2\nb 2 3\nb 3 4\nb 4 5\nb = 3\nother 0 0\nother = 9\n";

TEST(Wilcoxon, AgainstTheBestTrialAtCommonSteps) {
    PrunerStory story(pruner_spec("wilcoxon"));
    EXPECT_EQ(story.tell(best + "t 0 2\nt 1 3.5\nt 2 5\nt ?\nt 3 7\nt ?"),
              "t keep\nt stop: loss is worse than that of trial b at 4 steps (p = 0.0625)\n");
    EXPECT_EQ(story.tell("u 0 2\nu 7 3\nu 8 5\nu 9 7\nu ?"), "u keep\n");  // one step is common
}

TEST(Wilcoxon, NothingToCompareWith) {
    PrunerStory story(pruner_spec("wilcoxon"));
    story.tell("t 0 9\nt 1 9\nt 2 9\nt 3 9\nb 0 1\nb = pruned\n");
    EXPECT_FALSE(story.stops("t"));
}

TEST(Wilcoxon, WaitsForTheFirstSteps) {
    PrunerSpec spec = pruner_spec("wilcoxon");
    spec.p_threshold = 0.6;
    spec.startup_steps = 3;
    PrunerStory story(spec);
    story.tell(best + "t 0 9\nt 1 9");
    EXPECT_FALSE(story.stops("t"));
    story.tell("t 2 9");
    EXPECT_TRUE(story.stops("t"));
}

TEST(Wilcoxon, WhoIsBetterOnTheWholeGoesOn) {
    PrunerStory story(pruner_spec("wilcoxon"));
    story.tell(best + "t 0 1.1\nt 1 2.2\nt 2 3.3\nt 3 4.4\nt 9 -90");
    EXPECT_FALSE(story.stops("t"));
}

TEST(Wilcoxon, WhatIsNoNumberIsLeftOut) {
    PrunerStory story(pruner_spec("wilcoxon"));
    story.tell(best + "t 0 2\nt 1 nan\nt 2 5\nt 3 7\nt 4 nan");
    EXPECT_FALSE(story.stops("t"));  // p of three is 0.125
    story.tell("u 0 nan\nu 1 nan");
    EXPECT_FALSE(story.stops("u"));
}

TEST(Wilcoxon, DirectionsOfMetricAndObjective) {
    PrunerStory story(pruner_spec("wilcoxon", Direction::maximize), Direction::maximize);
    story.tell("b 0 9\nb 1 9\nb 2 9\nb 3 9\nb = 3\nother 0 0\nother = 1\n");
    story.tell("t 0 1\nt 1 2\nt 2 3\nt 3 4");
    EXPECT_TRUE(story.stops("t"));
}

}  // namespace
}  // namespace tw::test
