// asha and hyperband: who goes on from which rung.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "optimize/prune/rungs.hpp"
#include "pruner_story.hpp"

namespace tw::test {
namespace {

PrunerSpec asha(std::int64_t max = 27, double eta = 3) {
    PrunerSpec spec = pruner_spec("asha");
    spec.max = max;
    spec.eta = eta;
    return spec;
}

TEST(Rungs, ArePowersBelowTheMaximum) {
    using Steps = std::vector<std::int64_t>;
    EXPECT_EQ(rung_steps(asha(81)), (Steps{1, 3, 9, 27}));
    EXPECT_EQ(rung_steps(asha(82)), (Steps{1, 3, 9, 27, 81}));
    EXPECT_EQ(rung_steps(asha(81), 2), (Steps{9, 27}));
    EXPECT_EQ(rung_steps(asha(244)), (Steps{1, 3, 9, 27, 81, 243}));
    EXPECT_EQ(rung_steps(asha(10, 1.5)), (Steps{1, 2, 3, 4, 6, 8}));
    EXPECT_EQ(rung_steps(asha(1)), Steps{});
    EXPECT_EQ(rung_steps(asha(0)).at(30), 205891132094649);  // 3^30
}

TEST(Asha, OfTheFirstOnesTheBestGoesOn) {
    PrunerStory story(asha());
    EXPECT_EQ(story.tell("a 1 0.5\na ?\nb 1 0.6\nb ?\nc 1 0.5\nc ?\nd 1 0.4\nd ?"),
              "a keep\nb stop: loss 0.6 at step 1 is not among the best 1 of 2\nc keep\nd keep\n");
}

TEST(Asha, AThirdOfThoseThatCameGoesOn) {
    PrunerStory story(asha());
    story.tell("a 1 1\nb 1 2\nc 1 3\nd 1 4\ne 1 5");
    EXPECT_EQ(story.tell("f 1 1.5\nf ?\ng 1 1.7\ng ?"),
              "f keep\ng stop: loss 1.7 at step 1 is not among the best 2 of 7\n");
}

TEST(Asha, ATrialIsJudgedWhereItArrivesAndNotLater) {
    PrunerStory story(asha());
    EXPECT_EQ(story.tell("a 1 0.5\nb 1 0.1\na ?\na 2 9\na ?"), "a keep\na keep\n");
    EXPECT_EQ(story.tell("b 3 0.1\na 3 0.5\na ?"),
              "a stop: loss 0.5 at step 3 is not among the best 1 of 2\n");
}

TEST(Asha, AStopStandsUntilTheNextRung) {
    PrunerStory story(asha());
    story.tell("a 1 0.5\nb 1 0.6\nb 2 0.1");
    EXPECT_TRUE(story.stops("b"));
    story.tell("b 3 0.1");
    EXPECT_FALSE(story.stops("b"));
}

TEST(Asha, AJumpCountsAtEachRungThatItReaches) {
    PrunerStory story(asha());
    story.tell("a 1 0.5\na 3 0.3");
    EXPECT_EQ(story.tell("b 7 0.4\nb ?"), "b stop: loss 0.4 at step 7 is not among the best 1 of 2\n");
    EXPECT_EQ(story.tell("c 1 0.45\nc ?"), "c stop: loss 0.45 at step 1 is not among the best 1 of 3\n");
    EXPECT_EQ(story.tell("d 3 0.25\nd ?"), "d keep\n");
}

TEST(Asha, RepeatedAndLateStepsCountOnce) {
    PrunerStory story(asha());
    story.tell("a 3 0.5\na 3 0.1\na 1 0.1\na 2 0.1");
    EXPECT_EQ(story.tell("b 1 0.4\nb 3 0.4\nb ?"), "b keep\n");
}

TEST(Asha, NoNumberIsStoppedAndDoesNotCompete) {
    PrunerStory story(asha());
    EXPECT_EQ(story.tell("a 1 nan\na ?\nb 1 9\nb ?"), "a stop: loss nan at step 1\nb keep\n");
}

TEST(Asha, TheOtherWayRoundForAMaximum) {
    PrunerSpec spec = asha();
    spec.direction = Direction::maximize;
    PrunerStory story(spec);
    EXPECT_EQ(story.tell("a 1 0.5\nb 1 0.4\nb ?\nc 1 0.6\nc ?"),
              "b stop: loss 0.4 at step 1 is not among the best 1 of 2\nc keep\n");
}

TEST(Asha, NothingIsStoppedAtTheEnd) {
    PrunerStory story(asha(9));
    story.tell("a 1 1\na 3 1\na 9 1\nb 1 0.9\nb 3 0.9");
    EXPECT_EQ(story.tell("b 9 5\nb ?"), "b keep\n");
}

TEST(Asha, EndedTrialsStayAndThoseTriedAgainDoNot) {
    PrunerStory story(asha());
    story.tell("a 1 0.5\na = pruned");
    EXPECT_EQ(story.tell("b 1 0.6\nb ?"), "b stop: loss 0.6 at step 1 is not among the best 1 of 2\n");
    story.tell("a again\nb again");
    EXPECT_EQ(story.tell("b ?\nb 1 0.7\nb ?"), "b keep\nb keep\n");
}

// From the definition: all values at a rung by then, sorted.
bool goes_on(std::vector<double> values, double mine, double eta) {
    std::sort(values.begin(), values.end());
    auto best = static_cast<std::size_t>(static_cast<double>(values.size()) / eta);
    return mine <= values[std::max<std::size_t>(best, 1) - 1];
}

TEST(Asha, AsTheDefinitionSays) {
    std::mt19937 random(7);
    for (const double eta : {2.0, 3.0, 4.0}) {
        PrunerStory story(asha(30, eta));
        std::map<std::int64_t, std::vector<double>> at;
        const auto rungs = rung_steps(asha(30, eta));
        std::map<std::string, std::int64_t> steps;
        std::map<std::string, bool> expected;
        for (int i = 0; i < 4000; ++i) {
            const std::string trial = std::to_string(random() % 150);
            const double value = static_cast<double>(random() % 50);
            const std::int64_t step = ++steps[trial];
            if (std::count(rungs.begin(), rungs.end(), step)) {
                at[step].push_back(value);
                expected[trial] = !goes_on(at[step], value, eta);
            }
            story.pruner().report(trial, step, value);
            ASSERT_EQ(story.stops(trial), expected[trial]) << "report " << i;
        }
    }
}

PrunerSpec hyperband() {
    PrunerSpec spec = asha(81);
    spec.type = "hyperband";
    return spec;
}

// By the first rung at which a trial that is worse than all others is stopped.
std::map<std::int64_t, int> brackets(int trials) {
    std::map<std::int64_t, int> counts;
    for (int i = 0; i < trials; ++i) {
        PrunerStory story(hyperband());
        // Rivals in each bracket, whichever it is.
        for (int rival = 1000; rival < 1200; ++rival)
            for (const std::int64_t step : {1, 3, 9, 27})
                story.pruner().report(std::to_string(rival), step, 0);
        std::int64_t stopped = 81;
        for (const std::int64_t step : {27, 9, 3, 1}) {
            story.pruner().forget(std::to_string(i));
            story.pruner().report(std::to_string(i), step, 1);
            if (story.stops(std::to_string(i))) stopped = step;
        }
        ++counts[stopped];
    }
    return counts;
}

TEST(Hyperband, BracketsAreDrawnInTheProportionOfTheirBudgets) {
    EXPECT_EQ(bracket_count(hyperband()), 5u);
    // Shares of ceil(5 * 3^s / (s + 1)): 81, 34, 15, 8 and 5 of 143.
    const int trials = 500;
    const auto counts = brackets(trials);
    for (const auto& [step, share] :
         std::map<std::int64_t, double>{{1, 81}, {3, 34}, {9, 15}, {27, 8}, {81, 5}})
        EXPECT_NEAR(counts.at(step), trials * share / 143, 25) << step;
}

TEST(Hyperband, ATrialStaysInItsBracket) {
    EXPECT_EQ(brackets(20), brackets(20));
}

TEST(Hyperband, TrialsOfOtherBracketsDoNotCompete) {
    PrunerStory story(hyperband());
    for (int i = 0; i < 100; ++i) story.pruner().report(std::to_string(i), 1, i);
    int going_on = 0;
    for (int i = 0; i < 100; ++i) going_on += !story.stops(std::to_string(i));
    EXPECT_GT(going_on, 20);  // those whose first rung comes later
    EXPECT_LT(going_on, 80);
}

}  // namespace
}  // namespace tw::test
