#include "batch/cluster/roster.hpp"

#include <gmock/gmock.h>

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Seconds visibility{90};
const JobTag tag1{"tone", 1}, tag2{"tone", 2};
const JobRef job1{"000001", {1, "flow", 1, 1}}, job2{"000001", {1, "flow", 2, 1}};

JobReport report(const JobTag& tag, std::optional<JobState> state, EndCause cause = EndCause::unknown) {
    JobReport report{tag, "7_" + std::to_string(tag.index), state, "node1", "", {}};
    report.end.cause = cause;
    return report;
}

struct RosterTest : testing::Test {
    RosterTest() { roster.add(tag1, job1, Seconds(0)); }
    std::vector<JobRef> listed(Seconds now) {
        std::vector<JobRef> jobs;
        for (auto& status : roster.listing(now).jobs) jobs.push_back(status.job);
        return jobs;
    }
    std::map<JobRef, JobEnd> ends(Seconds now) { return roster.listing(now).ends; }
    Roster roster{visibility};
};

TEST_F(RosterTest, a_job_that_was_handed_over_is_there_before_any_look) {
    EXPECT_THAT(listed(Seconds(1000)), ElementsAre(job1));
    EXPECT_TRUE(roster.listing(Seconds(0)).complete);
}

TEST_F(RosterTest, what_a_look_shows_is_told) {
    roster.take_look({report(tag1, JobState::running)}, Seconds(1));
    EXPECT_THAT(roster.missing(), IsEmpty());
    Listing listing = roster.listing(Seconds(1));
    ASSERT_THAT(listing.jobs, SizeIs(1));
    EXPECT_EQ(listing.jobs[0].state, JobState::running);
    EXPECT_EQ(listing.jobs[0].host, "node1");
    EXPECT_EQ(roster.find(job1)->id, "7_1");
}

TEST_F(RosterTest, one_look_without_it_proves_nothing_however_late_the_next_question) {
    roster.take_look({}, Seconds(10));
    EXPECT_THAT(roster.missing(), SizeIs(1));
    EXPECT_THAT(listed(Seconds(10000)), ElementsAre(job1));
}

TEST_F(RosterTest, two_looks_without_it_far_enough_apart_prove_that_it_is_gone) {
    roster.take_look({}, Seconds(10));
    roster.take_look({}, Seconds(99));
    EXPECT_THAT(listed(Seconds(99)), ElementsAre(job1));
    roster.take_look({}, Seconds(100));
    EXPECT_THAT(listed(Seconds(100)), IsEmpty());
    EXPECT_EQ(ends(Seconds(100)).at(job1).cause, EndCause::unknown);
}

TEST_F(RosterTest, a_look_that_failed_in_between_begins_the_wait_anew) {
    roster.take_look({}, Seconds(10));
    roster.look_failed();
    roster.take_look({}, Seconds(100));
    EXPECT_THAT(listed(Seconds(100)), ElementsAre(job1));
    roster.take_look({}, Seconds(190));
    EXPECT_THAT(listed(Seconds(190)), IsEmpty());
}

TEST_F(RosterTest, who_shows_again_was_never_gone) {
    roster.take_look({}, Seconds(10));
    roster.take_look({report(tag1, JobState::queued)}, Seconds(60));
    roster.take_look({}, Seconds(120));
    EXPECT_THAT(listed(Seconds(120)), ElementsAre(job1));
}

TEST_F(RosterTest, a_look_that_began_before_it_was_handed_over_says_nothing_of_it) {
    roster.add(tag2, job2, Seconds(50));
    roster.take_look({report(tag1, JobState::running)}, Seconds(50));
    roster.take_look({report(tag1, JobState::running)}, Seconds(140));
    EXPECT_THAT(listed(Seconds(140)), ElementsAre(job1, job2));
}

TEST_F(RosterTest, an_end_counts_after_its_wrapper_has_had_time_to_be_heard) {
    roster.take_look({report(tag1, std::nullopt, EndCause::time_limit)}, Seconds(10));
    EXPECT_THAT(listed(Seconds(99)), ElementsAre(job1));
    EXPECT_THAT(listed(Seconds(100)), IsEmpty());
    EXPECT_EQ(ends(Seconds(100)).at(job1).cause, EndCause::time_limit);
}

TEST_F(RosterTest, an_end_that_is_told_twice_began_the_first_time) {
    roster.take_look({report(tag1, std::nullopt, EndCause::node)}, Seconds(10));
    roster.take_look({report(tag1, std::nullopt, EndCause::node)}, Seconds(70));
    EXPECT_THAT(listed(Seconds(100)), IsEmpty());
}

TEST_F(RosterTest, what_became_of_a_missing_job_may_be_told_by_another_command) {
    roster.take_look({}, Seconds(10));
    auto missing = roster.missing();
    ASSERT_THAT(missing, SizeIs(1));
    EXPECT_EQ(missing[0].tag, tag1);
    roster.take_ends({report(tag1, std::nullopt, EndCause::memory)}, Seconds(11));
    roster.take_look({}, Seconds(70));
    EXPECT_THAT(roster.missing(), IsEmpty()) << "it is known: nobody needs to ask again";
    EXPECT_EQ(ends(Seconds(101)).at(job1).cause, EndCause::memory);
}

TEST_F(RosterTest, of_two_jobs_with_one_tag_the_one_that_runs_counts) {
    roster.take_look({report(tag1, std::nullopt, EndCause::node), report(tag1, JobState::running),
                      report(tag1, JobState::queued)},
                     Seconds(10));
    Listing listing = roster.listing(Seconds(1000));
    ASSERT_THAT(listing.jobs, SizeIs(1));
    EXPECT_EQ(listing.jobs[0].state, JobState::running);
}

TEST_F(RosterTest, of_two_that_ended_the_one_that_did_not_leave_by_itself_counts_and_both_must_be_gone) {
    JobReport lost = report(tag1, std::nullopt, EndCause::node),
              left = report(tag1, std::nullopt, EndCause::exited);
    left.end.confirmed = true;
    for (auto& reports : {std::vector{lost, left}, std::vector{left, lost}}) {
        JobReport one = merge(reports).at(tag1);
        EXPECT_EQ(one.end.cause, EndCause::node);
        EXPECT_FALSE(one.end.confirmed) << "the other may live";
    }
    lost.end.confirmed = true;
    EXPECT_TRUE(merge({lost, left}).at(tag1).end.confirmed);
}

TEST_F(RosterTest, a_job_that_ended_and_was_queued_again_lives) {
    roster.take_look({report(tag1, std::nullopt, EndCause::node)}, Seconds(10));
    roster.take_look({report(tag1, JobState::queued)}, Seconds(70));
    EXPECT_THAT(listed(Seconds(1000)), ElementsAre(job1));
}

TEST_F(RosterTest, alive_is_of_whom_no_end_is_known) {
    roster.add(tag2, job2, Seconds(0));
    EXPECT_EQ(roster.alive(), 2u);
    roster.take_look({report(tag1, std::nullopt, EndCause::node)}, Seconds(10));
    EXPECT_EQ(roster.alive(), 1u) << "one has ended, one is only missing";
    roster.take_look({}, Seconds(100));
    EXPECT_EQ(roster.alive(), 0u);
}

TEST_F(RosterTest, who_was_told_to_have_ended_is_forgotten) {
    roster.remove(job1);
    EXPECT_TRUE(roster.empty());
    roster.take_look({report(tag1, JobState::running)}, Seconds(10));
    EXPECT_THAT(roster.missing(), IsEmpty());
    EXPECT_THAT(listed(Seconds(10)), IsEmpty());
}

TEST_F(RosterTest, a_hold_is_told_once_for_each_reason) {
    auto hold = [&](const std::string& why) {
        JobReport held = report(tag1, JobState::held);
        held.detail = why;
        roster.take_look({held}, Seconds(10));
        return roster.newly_held().size();
    };
    EXPECT_EQ(hold("disk quota"), 1u);
    EXPECT_EQ(hold("disk quota"), 0u);
    EXPECT_EQ(hold("by the operator"), 1u);
    roster.take_look({report(tag1, JobState::running)}, Seconds(20));
    EXPECT_THAT(roster.newly_held(), IsEmpty());
    EXPECT_EQ(hold("by the operator"), 1u);
}

TEST_F(RosterTest, the_id_of_an_array_is_that_of_its_elements_until_a_look_tells_better) {
    roster.add(tag2, job2, Seconds(0));
    roster.accepted("tone", "7");
    EXPECT_EQ(roster.find(job2)->id, "7");
    roster.take_look({report(tag2, JobState::running)}, Seconds(1));
    roster.accepted("tone", "8");
    EXPECT_EQ(roster.find(job2)->id, "7_2");
}

TEST(MakeTag, single_jobs_have_no_index_and_arrays_share_a_token_by_blocks) {
    auto tag = [](std::int64_t task, std::int64_t attempt = 1) {
        return make_tag("0123456789abcdef", {"000001", {1, "flow", task, attempt}}, 10);
    };
    EXPECT_EQ(tag(0).index, 0);
    EXPECT_EQ(tag(1).index, 1);
    EXPECT_EQ(tag(10).index, 10);
    EXPECT_EQ(tag(11).index, 1);
    EXPECT_EQ(tag(1).token, tag(10).token);
    EXPECT_NE(tag(1).token, tag(11).token);
    EXPECT_NE(tag(1).token, tag(1, 2).token);
    EXPECT_NE(tag(0).token, tag(0, 2).token);
}

}  // namespace
}  // namespace tw
