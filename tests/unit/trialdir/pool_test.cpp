#include "trialdir/pool.hpp"

#include <gtest/gtest.h>

#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using State = PoolEntry::State;

TEST(PoolPlace, numbers_that_two_watchers_gave_count_once) {
    support::VirtualFileSystem fs;
    fs.make_directories(".trialwatch");
    ASSERT_TRUE(add_to_pool(fs, {1, "0123abcd", State::wanted, ""}));
    EXPECT_EQ(add_to_pool(fs, {1, "0123abcd", State::wanted, ""}).error().code, Code::exists);
    ASSERT_TRUE(*PoolPlace::take(fs, 1, "n1.aa"));
    ASSERT_TRUE(add_to_pool(fs, {1, "0123abcd", State::wanted, ""}));
    EXPECT_EQ(*list_pool(fs), std::vector({PoolEntry{1, "0123abcd", State::begun, "n1.aa"}}));
}

// Both rename one name.
TEST(PoolPlace, begins_unless_it_was_taken_back) {
    support::VirtualFileSystem fs;
    fs.make_directories(".trialwatch");
    PoolEntry first{1, "0123abcd", State::wanted, ""}, second{2, "0123abcd", State::wanted, ""};
    ASSERT_TRUE(add_to_pool(fs, first));
    ASSERT_TRUE(add_to_pool(fs, second));
    EXPECT_TRUE(*PoolPlace::take(fs, 1, "n1.aa"));
    EXPECT_FALSE(change_in_pool(fs, first, State::withdrawn).value());
    EXPECT_TRUE(change_in_pool(fs, second, State::withdrawn).value());
    EXPECT_FALSE(*PoolPlace::take(fs, 2, "n1.bb"));
    EXPECT_FALSE(*PoolPlace::take(fs, 3, "n1.cc"));
}

TEST(PoolPlace, a_lost_answer_and_a_second_start_of_its_job_are_its_own) {
    support::VirtualFileSystem fs;
    fs.make_directories(".trialwatch");
    ASSERT_TRUE(add_to_pool(fs, {1, "0123abcd", State::wanted, ""}));
    support::Fault lost{"rename", "", Code::not_found};
    lost.happens = true;
    fs.inject(lost);
    EXPECT_TRUE(*PoolPlace::take(fs, 1, "n1.aa"));
    EXPECT_TRUE(*PoolPlace::take(fs, 1, "n2.bb"));
    EXPECT_EQ((*list_pool(fs))[0].agent, "n2.bb");
}

TEST(PoolPlace, the_first_ones_stay_without_work) {
    support::VirtualFileSystem fs;
    fs.make_directories(".trialwatch");
    for (int n = 1; n <= 3; ++n) ASSERT_TRUE(add_to_pool(fs, {n, "0123abcd", State::wanted, ""}));
    auto first = *PoolPlace::take(fs, 1, "n1.aa"), third = *PoolPlace::take(fs, 3, "n1.cc");
    EXPECT_TRUE(first->stays(fs, 1));
    EXPECT_FALSE(first->stays(fs, 0));
    EXPECT_FALSE(third->stays(fs, 2));
    first->leave(fs, false);
    EXPECT_TRUE(third->stays(fs, 2));
}

}  // namespace
}  // namespace tw
