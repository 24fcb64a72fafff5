// Logs under data/htcondor were written by HTCondor 23.9.6.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "batch/htcondor/read_events.hpp"

namespace tw {
namespace {

using testing::ElementsAre;

std::string recorded(const std::string& name) {
    std::ifstream file(std::string(SOURCE_DIR) + "/tests/unit/batch/data/htcondor/" + name);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<CondorEvent> events_of(const std::string& text) {
    std::vector<CondorEvent> events;
    EventsRead read = read_events(text);
    EXPECT_EQ(read.used, text.size());
    EXPECT_EQ(read.strange, 0u);
    for (auto& entry : read.events) events.push_back(entry.event);
    return events;
}

// The events of one job that are of interest, by their numbers.
std::vector<int> story(const std::vector<CondorEvent>& events, CondorId job) {
    std::vector<int> numbers;
    for (const CondorEvent& event : events)
        if (event.job == job && event.kind != CondorEventKind::other) numbers.push_back(event.number);
    return numbers;
}

CondorEvent find(const std::vector<CondorEvent>& events, CondorId job, CondorEventKind kind) {
    for (const CondorEvent& event : events)
        if (event.job == job && event.kind == kind) return event;
    ADD_FAILURE() << "no such event of " << job.text();
    return {};
}

TEST(HtcondorEvents, of_jobs_that_were_evicted_killed_suspended_and_removed) {
    auto events = events_of(recorded("evicted_suspended_removed.log"));
    EXPECT_THAT(story(events, {15, 0}), ElementsAre(0, 1, 4, 1, 4, 9));
    EXPECT_THAT(story(events, {15, 2}), ElementsAre(0, 1, 10, 11, 4, 9));
    EXPECT_THAT(story(events, {15, 3}), ElementsAre(0, 1, 5));
    EXPECT_THAT(story(events, {15, 4}), ElementsAre(0, 9));
    EXPECT_EQ(find(events, {15, 3}, CondorEventKind::terminated).status, 128 + 9);
    EXPECT_EQ(find(events, {15, 0}, CondorEventKind::executing).host, "localhost");
    EXPECT_EQ(find(events, {15, 0}, CondorEventKind::submitted).time, "2026-11-25 16:17:01");
    auto removed = find(events, {15, 0}, CondorEventKind::aborted);
    EXPECT_EQ(removed.reason, "via condor_rm (by user daemon)");
    EXPECT_TRUE(removed.ended_there);
    EXPECT_FALSE(find(events, {15, 4}, CondorEventKind::aborted).ended_there) << "it never ran";
}

TEST(HtcondorEvents, of_held_jobs_with_code_and_reason) {
    auto events = events_of(recorded("held.log"));
    auto no_directory = find(events, {16, 0}, CondorEventKind::held);
    EXPECT_EQ(no_directory.hold_code, 14);
    EXPECT_EQ(no_directory.hold_subcode, 2);
    EXPECT_EQ(no_directory.reason,
              "Cannot access initial working directory /tmp/hcX/v/gone: No such file or directory");
    auto no_output = find(events, {17, 0}, CondorEventKind::held);
    EXPECT_EQ(no_output.hold_code, 7);
    EXPECT_EQ(no_output.host, "localhost") << "named by the error";
    EXPECT_EQ(find(events, {16, 0}, CondorEventKind::submitted).notes, "trialwatch tw.1");
    EXPECT_THAT(story(events, {16, 0}), ElementsAre(0, 13, 12, 9));
    EXPECT_THAT(story(events, {17, 0}), testing::Contains(21));
}

TEST(HtcondorEvents, of_a_schedd_that_came_back) {
    auto events = events_of(recorded("reconnected.log"));
    EXPECT_THAT(story(events, {10, 1}), ElementsAre(0, 1, 22, 23, 5));
    EXPECT_EQ(find(events, {10, 1}, CondorEventKind::disconnected).reason,
              "Local schedd and job shadow died, schedd now running again");
    EXPECT_EQ(find(events, {10, 1}, CondorEventKind::reconnected).host, "localhost");
    EXPECT_EQ(find(events, {10, 1}, CondorEventKind::terminated).status, 5);
}

TEST(HtcondorEvents, of_a_cluster_that_makes_its_jobs_one_after_another) {
    auto events = events_of(recorded("factory.log"));
    EXPECT_EQ(find(events, {11, -1}, CondorEventKind::factory_submitted).notes, "trialwatch tfac.3");
    EXPECT_EQ(find(events, {11, 2}, CondorEventKind::submitted).notes, "trialwatch tfac.9");
    EXPECT_EQ(events.back().kind, CondorEventKind::factory_removed);
}

TEST(HtcondorEvents, of_a_killed_shadow_are_two_starts_with_nothing_between) {
    EXPECT_THAT(story(events_of(recorded("killed_shadow.log")), {19, 0}), ElementsAre(0, 1, 1, 5));
}

TEST(HtcondorEvents, may_have_other_dates) {
    auto events = events_of(recorded("date_formats.log"));
    EXPECT_EQ(find(events, {20, 0}, CondorEventKind::submitted).time, "11/25 16:41:01");
    EXPECT_EQ(find(events, {21, 0}, CondorEventKind::submitted).time, "2026-11-25 16:41:13.266Z");
    EXPECT_EQ(find(events, {21, 0}, CondorEventKind::submitted).notes, "trialwatch tr1x.0");
    auto one_word = events_of(
        "005 (007.001.000) 2026-11-25T16:41:13 Job terminated.\n\t(1) Normal termination (return value "
        "3)\n...\n");
    EXPECT_EQ(one_word.at(0).title, "Job terminated.");
    EXPECT_EQ(one_word.at(0).status, 3);
}

// Cut anywhere, what is told is what the whole tells, and reading on from there tells the rest.
TEST(HtcondorEvents, are_never_told_by_halves) {
    for (const char* name : {"held.log", "reconnected.log", "factory.log"}) {
        const std::string text = recorded(name);
        const std::size_t all = read_events(text).events.size();
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            EventsRead first = read_events(std::string_view(text).substr(0, cut));
            EventsRead rest = read_events(std::string_view(text).substr(first.used));
            ASSERT_LE(first.used, cut);
            ASSERT_EQ(first.events.size() + rest.events.size(), all) << name << " cut at " << cut;
            ASSERT_EQ(first.strange + rest.strange, 0u) << name << " cut at " << cut;
        }
    }
}

TEST(HtcondorEvents, that_cannot_be_read_are_passed_over) {
    EventsRead read = read_events(
        "garbage\n...\n001 (1.0.0) 2026-11-25 16:41:13 Job executing on host: "
        "<10.0.0.7:9618?addrs=x&alias=n7&y>\n...\n001 (x\n");
    EXPECT_EQ(read.strange, 1u);
    ASSERT_EQ(read.events.size(), 1u);
    EXPECT_EQ(read.events[0].event.host, "n7");
    EXPECT_EQ(read.events[0].at, 12u);
    for (const char* broken : {"", "\n", "...\n", "001\n...\n", "001 (\n...\n", "001 (1.0.0)\n...\n",
                               "001 (1.0.0) \n...\n", "99999999999 (1.0.0) x y\n...\n"})
        (void)read_events(broken);
}

}  // namespace
}  // namespace tw
