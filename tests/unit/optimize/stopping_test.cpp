#include "optimize/stopping.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "optimize/gp/regret.hpp"
#include "unit/optimize/search.hpp"

namespace tw::test {
namespace {

using ::testing::HasSubstr;

const std::vector<Objective> minimize{{"cost", Direction::minimize}}, maximize{{"f", Direction::maximize}};
const std::vector<Objective> both{{"cost", Direction::minimize}, {"f", Direction::maximize}};

Observation ending(std::int64_t seq, std::vector<double> values, EndState state = EndState::complete) {
    return {"t" + std::to_string(seq), seq, seq - 1, {{"x", 0.5}}, state, std::move(values), false, {}};
}

StopSpec patience(std::int64_t trials, double min_delta = 0) {
    StopSpec spec;
    spec.patience = trials;
    spec.min_delta = min_delta;
    return spec;
}

StopSpec target(double value) {
    StopSpec spec;
    spec.target = value;
    return spec;
}

// At which of the values a rule first holds, from 1; 0: at none.
std::size_t end_of(const StopSpec& spec, const std::vector<Objective>& objectives,
                   const std::vector<std::vector<double>>& values) {
    Stopping stopping(spec, box(1, 0, 1), objectives);
    for (std::size_t i = 0; i < values.size(); ++i) {
        stopping.tell(ending(static_cast<std::int64_t>(i) + 1, values[i]));
        if (!stopping.held().empty()) return i + 1;
    }
    return 0;
}

TEST(Stopping, WithoutRulesNothingEnds) {
    EXPECT_EQ(end_of({}, minimize, {{1}, {1}, {1}, {-1e300}}), 0u);
}

TEST(Stopping, TargetInItsDirection) {
    EXPECT_EQ(end_of(target(0.5), minimize, {{3}, {0.6}, {0.5}, {0.1}}), 3u);
    EXPECT_EQ(end_of(target(0.5), maximize, {{-3}, {0.4}, {0.5}}), 3u);
    EXPECT_EQ(end_of(target(0.5), minimize, {{0.51}}), 0u);
}

TEST(Stopping, PatienceCountsCompleteTrialsSinceTheBest) {
    EXPECT_EQ(end_of(patience(3), minimize, {{5}, {4}, {4}, {6}, {3}, {7}, {3}, {8}}), 8u);
    EXPECT_EQ(end_of(patience(3), maximize, {{5}, {4}, {4}, {6}, {3}, {7}}), 0u);
    EXPECT_EQ(end_of(patience(1), minimize, {{5}, {5}}), 2u) << "as good is not better";
}

TEST(Stopping, WhatIsNotFeasibleIsNoImprovementAndNoTarget) {
    StopSpec spec = patience(2);
    spec.target = 1;
    Stopping stopping(spec, box(1, 0, 1), minimize);
    stopping.tell(ending(1, {5}));
    Observation infeasible = ending(2, {0});
    infeasible.excess = {0.1};
    stopping.tell(infeasible);
    EXPECT_TRUE(stopping.held().empty());
    stopping.tell(ending(3, {6}));
    ASSERT_EQ(stopping.held().size(), 1u);
    EXPECT_EQ(stopping.held()[0].rule, "patience");
}

TEST(Stopping, OnlyTheHighestBudgetIsCompared) {
    Stopping stopping(patience(2), box(1, 0, 1), minimize);
    const auto tell = [&](std::int64_t seq, double value, double budget) {
        Observation observation = ending(seq, {value});
        observation.budget = budget;
        stopping.tell(observation);
    };
    tell(1, 5, 1);
    tell(2, 6, 1);
    tell(3, 9, 3);  // the first of its budget
    tell(4, 7, 1);
    tell(5, 10, 3);
    EXPECT_TRUE(stopping.held().empty());
    tell(6, 11, 3);
    EXPECT_EQ(stopping.held().size(), 1u);
}

TEST(Stopping, ALittleBetterIsNotEnough) {
    EXPECT_EQ(end_of(patience(3, 0.5), minimize, {{5}, {4.9}, {4.8}, {4.6}}), 4u);
    EXPECT_EQ(end_of(patience(3, 0.5), minimize, {{5}, {4.9}, {4.4}, {4.3}, {4.2}}), 0u);
    EXPECT_EQ(end_of(patience(3, 0.5), maximize, {{5}, {5.1}, {5.6}, {5.7}, {5.8}, {6}}), 6u);
}

TEST(Stopping, OtherEndingsSayNothing) {
    Stopping stopping(patience(2), box(1, 0, 1), minimize);
    stopping.tell(ending(1, {1}));
    for (const EndState state : {EndState::pruned, EndState::failed, EndState::killed})
        for (std::int64_t seq = 2; seq < 5; ++seq) stopping.tell(ending(seq, {}, state));
    EXPECT_TRUE(stopping.held().empty());
}

TEST(Stopping, OfSeveralObjectivesTheFrontMustGrow) {
    EXPECT_EQ(end_of(patience(2), both, {{5, 5}, {6, 6}, {4, 4}, {5, 5}, {7, 7}, {4, 3}}), 0u)
        << "new on the front: the second, the third, the fifth";
    EXPECT_EQ(end_of(patience(2), both, {{5, 5}, {6, 6}, {4, 4}, {5, 5}, {6, 5}}), 5u);
}

TEST(Stopping, ARuleThatHeldHoldsForGood) {
    Stopping stopping(patience(2), box(1, 0, 1), minimize);
    std::int64_t seq = 0;
    for (const double value : {3.0, 4.0, 5.0, 1.0}) stopping.tell(ending(++seq, {value}));
    ASSERT_EQ(stopping.held().size(), 1u);
    EXPECT_EQ(stopping.held()[0].rule, "patience");
    EXPECT_EQ(stopping.held()[0].setting, 2);
    EXPECT_THAT(stopping.held()[0].reason,
                HasSubstr("no improvement in 2 complete trials; the best is trial t1, cost = 3"));
}

TEST(Stopping, RulesInTheOrderInWhichTheyHeld) {
    StopSpec spec = patience(2);
    spec.target = 1;
    Stopping stopping(spec, box(1, 0, 1), minimize);
    std::int64_t seq = 0;
    for (const double value : {3.0, 4.0, 5.0, 1.0}) stopping.tell(ending(++seq, {value}));
    ASSERT_EQ(stopping.held().size(), 2u);
    EXPECT_EQ(stopping.held()[1].rule, "target");
    EXPECT_THAT(stopping.held()[1].reason, HasSubstr("trial t4 reached the target: cost = 1"));
}

// A search by the Gaussian process itself, of a bowl whose least value is 0.
std::vector<Observation> bowl_search(int trials, double scale) {
    const Space space = box(2, -5, 5);
    Search search(sampler(space, "gp", 3), 1, 3);
    std::vector<Observation> told;
    for (int i = 0; i < trials; ++i) {
        const Proposed ended = search.next_end();
        const double cost = ellipsoid(1)(values_of(space, ended.params)) * scale;
        search.end(ended, EndState::complete, {cost});
        told.push_back(std::get<Observation>(search.news().back()));
    }
    return told;
}

std::size_t end_of_bowl(const std::vector<Observation>& told, double regret) {
    StopSpec spec;
    spec.regret = regret;
    Stopping stopping(spec, box(2, -5, 5), minimize);
    for (std::size_t i = 0; i < told.size(); ++i) {
        stopping.tell(told[i]);
        if (!stopping.held().empty()) return i + 1;
    }
    return 0;
}

TEST(Stopping, RegretEndsWhatCannotBeImprovedMuch) {
    const auto told = bowl_search(40, 1);
    EXPECT_EQ(end_of_bowl(told, 1e6), 20u) << "not before a process can be believed";
    const std::size_t end = end_of_bowl(told, 1);
    EXPECT_GE(end, 20u) << "values are between 0 and 60";
    EXPECT_EQ(end_of_bowl(told, 1e-9), 0u);
}

TEST(Stopping, RegretIsInUnitsOfTheObjective) {
    History one(UnitCube(box(2, -5, 5)), minimize), thousand(UnitCube(box(2, -5, 5)), minimize);
    for (const auto& observation : bowl_search(25, 1)) {
        one.tell(observation);
        Observation larger = observation;
        larger.objectives[0] = larger.objectives[0] * 1000 + 1e4;
        thousand.tell(larger);
    }
    const double bound = gp::regret_bound(one).value();
    EXPECT_GT(bound, 0);
    EXPECT_NEAR(gp::regret_bound(thousand).value() / bound, 1000, 1);
}

TEST(Stopping, RegretOfWhatSaysNothing) {
    History none(UnitCube(box(2, -5, 5)), minimize), same(UnitCube(box(1, 0, 1)), minimize);
    EXPECT_FALSE(gp::regret_bound(none));
    for (std::int64_t seq = 1; seq < 4; ++seq) {
        Observation observation = ending(seq, {7});
        observation.params = {{"x0", 0.1 * static_cast<double>(seq)}};
        same.tell(observation);
    }
    EXPECT_EQ(gp::regret_bound(same), 0.0);
}

TEST(Stopping, TheSameEndingsEndItAtTheSameTrial) {
    const auto told = bowl_search(40, 1);
    const double middle = 1;
    EXPECT_EQ(end_of_bowl(told, middle), end_of_bowl(told, middle));
    EXPECT_EQ(end_of(patience(3), minimize, {{5}, {4}, {4}, {6}, {3}, {7}, {3}, {8}, {9}, {1}}), 8u);
}

}  // namespace
}  // namespace tw::test
