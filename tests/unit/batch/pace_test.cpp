#include "batch/cluster/pace.hpp"

#include <gtest/gtest.h>

namespace tw {
namespace {

TEST(CallBudget, half_a_minute_s_calls_may_come_at_once) {
    CallBudget budget(60, Seconds(0));
    EXPECT_EQ(budget.left(Seconds(0)), 30);
    for (int i = 0; i < 30; ++i) budget.take(Seconds(0));
    EXPECT_EQ(budget.left(Seconds(0)), 0);
    EXPECT_EQ(budget.left(Seconds(0.9)), 0);
    EXPECT_EQ(budget.left(Seconds(1)), 1);
    EXPECT_EQ(budget.left(Seconds(1000)), 30);
}

TEST(CallBudget, what_was_taken_too_much_is_waited_for) {
    CallBudget budget(60, Seconds(0));
    for (int i = 0; i < 40; ++i) budget.take(Seconds(0));
    EXPECT_EQ(budget.left(Seconds(10)), 0);
    EXPECT_EQ(budget.left(Seconds(11)), 1);
}

TEST(CallBudget, one_call_is_always_possible_in_time) {
    CallBudget budget(1, Seconds(0));
    EXPECT_EQ(budget.left(Seconds(0)), 1);
    budget.take(Seconds(0));
    EXPECT_EQ(budget.left(Seconds(59)), 0);
    EXPECT_EQ(budget.left(Seconds(60)), 1);
}

TEST(Backoff, doubles_up_to_its_longest_and_ends_when_it_works) {
    Backoff backoff(Seconds(5), Seconds(60));
    EXPECT_FALSE(backoff.active());
    EXPECT_TRUE(backoff.over(Seconds(0)));
    std::vector<double> waits;
    for (int i = 0; i < 6; ++i) {
        backoff.failed(Seconds(100));
        waits.push_back(backoff.wait(Seconds(100)).count());
    }
    EXPECT_EQ(waits, (std::vector<double>{5, 10, 20, 40, 60, 60}));
    EXPECT_FALSE(backoff.over(Seconds(159)));
    EXPECT_TRUE(backoff.over(Seconds(160)));
    EXPECT_TRUE(backoff.active()) << "it is tried again, but has not worked yet";
    backoff.worked();
    EXPECT_FALSE(backoff.active());
    backoff.failed(Seconds(200));
    EXPECT_EQ(backoff.wait(Seconds(200)), Seconds(5));
}

}  // namespace
}  // namespace tw
