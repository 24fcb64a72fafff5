#include "lifecycle/search.hpp"

#include <gtest/gtest.h>

#include "unit/lifecycle/history.hpp"

namespace tw::test {
namespace {

Outcome failed(const std::string& reason, const std::string& stage = "train") {
    Outcome outcome{1, EndState::failed};
    outcome.reason = reason;
    outcome.stage = stage;
    outcome.kind = "exit";
    return outcome;
}

TEST(FailureStreak, PausesAfterSoManyAlike) {
    FailureStreak streak;
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(streak.add(failed("exit status 1"), 5));
    EXPECT_EQ(streak.add(failed("exit status 1"), 5), "5 trials in a row failed alike: train: exit status 1");
    EXPECT_TRUE(streak.add(failed("exit status 1"), 5));
    streak.clear();
    EXPECT_FALSE(streak.add(failed("exit status 1"), 5));
}

TEST(FailureStreak, IsBrokenByASuccessAndByAnotherFailure) {
    FailureStreak streak;
    EXPECT_FALSE(streak.add(failed("a"), 2));
    EXPECT_FALSE(streak.add(Outcome{1, EndState::complete}, 2));
    EXPECT_FALSE(streak.add(failed("a"), 2));
    EXPECT_FALSE(streak.add(failed("b"), 2));
    EXPECT_FALSE(streak.add(failed("b", "metric"), 2));
    EXPECT_TRUE(streak.add(failed("b", "metric"), 2));
}

TEST(FailureStreak, StopsAndKillsNeitherCountNorBreak) {
    FailureStreak streak;
    EXPECT_FALSE(streak.add(failed("a"), 2));
    EXPECT_FALSE(streak.add(Outcome{1, EndState::pruned}, 2));
    EXPECT_FALSE(streak.add(Outcome{1, EndState::killed}, 2));
    EXPECT_TRUE(streak.add(failed("a"), 2));
}

TEST(FailureStreak, ArraysAreAlikeWhateverTasksFailed) {
    FailureStreak streak;
    Outcome one = failed("1 of 9 tasks failed: 3", "flow"), two = failed("1 of 9 tasks failed: 4", "flow");
    one.failed_tasks = {{"flow", {3}}};
    two.failed_tasks = {{"flow", {4}}};
    EXPECT_FALSE(streak.add(one, 2));
    EXPECT_TRUE(streak.add(two, 2));
}

TEST(FailureStreak, LimitZeroNeverPauses) {
    FailureStreak streak;
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(streak.add(failed("a"), 0));
}

TEST(Breaker, OpensForAHostAfterThreeInARow) {
    Breaker breaker;
    breaker.failed("n1", at(0));
    breaker.failed("n1", at(1));
    EXPECT_FALSE(breaker.open("n1", at(1)));
    breaker.failed("n1", at(2));
    EXPECT_TRUE(breaker.open("n1", at(2)));
    EXPECT_FALSE(breaker.open("n2", at(2)));
    EXPECT_TRUE(breaker.open("n1", at(301)));
    EXPECT_FALSE(breaker.open("n1", at(302)));  // jobs may try again
    breaker.failed("n1", at(310));
    EXPECT_TRUE(breaker.open("n1", at(311)));
    breaker.worked("n1");
    EXPECT_FALSE(breaker.open("n1", at(311)));
}

TEST(Breaker, AHostIsAvoidedWhereAnotherIsKnownToStartJobs) {
    Breaker breaker;
    for (const char* host : {"n1", "n2"})
        for (int i = 0; i < 3; ++i) breaker.failed(host, at(i));
    EXPECT_TRUE(breaker.avoided(at(3)).empty());
    breaker.started("n3");
    EXPECT_EQ(breaker.avoided(at(3)), (std::vector<std::string>{"n1", "n2"}));
    for (int i = 0; i < 3; ++i) breaker.failed("n3", at(i));
    EXPECT_TRUE(breaker.avoided(at(3)).empty());
    breaker.worked("n2");
    EXPECT_EQ(breaker.avoided(at(3)), (std::vector<std::string>{"n1", "n3"}));
    EXPECT_TRUE(breaker.avoided(at(400)).empty());
}

TEST(Breaker, TripsForAllWhenNothingStartsAnywhere) {
    Breaker breaker;
    for (int i = 0; i < Breaker::all_hosts - 1; ++i) breaker.failed("n" + std::to_string(i), at(i));
    EXPECT_FALSE(breaker.tripped());
    breaker.worked("n0");
    breaker.failed("n0", at(50));
    EXPECT_FALSE(breaker.tripped());
    for (int i = 1; i < Breaker::all_hosts; ++i) breaker.failed("n" + std::to_string(i), at(60));
    EXPECT_EQ(breaker.tripped(), "20 jobs in a row could not start, the last on n19");
    breaker.clear();
    EXPECT_FALSE(breaker.tripped());
}

}  // namespace
}  // namespace tw::test
