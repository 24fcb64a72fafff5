#include "batch/cluster/cluster_scheduler.hpp"

#include <gmock/gmock.h>

#include "support/fake_batch_system.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string experiment_id = "0123456789abcdef";

JobRef ref(int task, const TrialId& trial = "000001") {
    return {trial, {1, "flow", task, 1}};
}
JobTag tag(const JobRef& job) {
    return make_tag(experiment_id, job, 1000);
}

struct ClusterSchedulerTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    support::FakeBatchState system;
    ClusterOptions options = read_cluster_options({}).value();
    std::unique_ptr<ClusterScheduler> scheduler;

    ClusterSchedulerTest() {
        fs.make_directories(".trialwatch");
        restart();
    }
    void restart() {
        BatchPorts ports{fs, clock, processes, commands, log, experiment_id};
        scheduler = std::make_unique<ClusterScheduler>("slurm", ports, options,
                                                       std::make_unique<support::FakeBatchSystem>(system));
    }
    JobRequest request(std::vector<JobRef> jobs) {
        JobRequest request{"token", jobs.front().trial, "/virtual/experiment/trials/000001", {}, {}};
        for (auto& job : jobs)
            request.tasks.push_back({job.key, {"/bin/sh", "wrap"}, {"TRIAL_ID=1"}, "/o", "/e"});
        return request;
    }
    Result<std::string> submit(std::vector<JobRef> jobs) { return scheduler->submit({request(jobs)}).at(0); }
    std::vector<JobRef> listed() {
        std::vector<JobRef> jobs;
        for (auto& status : scheduler->list().jobs) jobs.push_back(status.job);
        return jobs;
    }
    void go_away() { system.away = Error{Code::io, "socket timed out"}; }
    void run_for(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            scheduler->list();
            scheduler->pump();
            clock.advance(Seconds(1));
        }
    }
};

TEST_F(ClusterSchedulerTest, an_array_is_one_call_with_its_script) {
    std::vector<JobRef> jobs;
    for (int task = 1; task <= 1000; ++task) jobs.push_back(ref(task));
    EXPECT_EQ(submit(jobs).value(), "7");
    ASSERT_THAT(system.submitted, SizeIs(1));
    auto& group = system.submitted[0];
    EXPECT_EQ(group.indexes.size(), 1000u);
    EXPECT_EQ(group.indexes.back(), 1000);
    EXPECT_EQ(group.token, tag(ref(1)).token);
    ASSERT_THAT(group.launch, HasSubstr("/virtual/experiment/.trialwatch/jobs/000001.1/"));
    auto script = fs.read(group.launch.substr(std::string("/virtual/experiment/").size()), 0, 1 << 20);
    ASSERT_TRUE(script);
    EXPECT_THAT(*script, HasSubstr("\n1000)\n"));
}

TEST_F(ClusterSchedulerTest, an_array_has_as_many_tasks_as_the_options_say_or_one) {
    EXPECT_EQ(scheduler->block(), 1000);
    system.largest_array = 50;  // what it says may change; the tags must not
    EXPECT_EQ(scheduler->block(), 1000);
    system.largest_array = 1;
    EXPECT_EQ(scheduler->block(), 1);
}

TEST_F(ClusterSchedulerTest, a_full_queue_is_filled_up_in_pieces) {
    options.max_queued = 8;
    restart();
    std::vector<JobRef> jobs;
    for (int task = 1; task <= 8; ++task) jobs.push_back(ref(task));
    ASSERT_TRUE(submit(jobs));
    scheduler->ended(ref(1));
    EXPECT_EQ(scheduler->room({}), 0);
    scheduler->ended(ref(2));
    EXPECT_EQ(scheduler->room({}), 2);
}

TEST_F(ClusterSchedulerTest, a_command_that_is_not_there_is_waited_for) {
    system.refusal = Error{Code::not_found, "sbatch is not in PATH"};
    EXPECT_FALSE(submit({ref(0)}));
    EXPECT_EQ(scheduler->room({}), 0);
    run_for(6);
    EXPECT_GT(scheduler->room({}), 0);
}

TEST_F(ClusterSchedulerTest, what_is_missing_is_undecided_until_it_is_gone) {
    ASSERT_TRUE(submit({ref(0)}));
    run_for(1);
    EXPECT_FALSE(scheduler->undecided());
    system.jobs.clear();
    run_for(61);
    EXPECT_TRUE(scheduler->undecided());
    run_for(130);
    EXPECT_FALSE(scheduler->undecided());
}

TEST_F(ClusterSchedulerTest, it_is_asked_once_a_minute_and_only_if_there_is_something_to_ask_for) {
    run_for(300);
    EXPECT_EQ(system.looks, 0);
    ASSERT_TRUE(submit({ref(0)}));
    run_for(300);
    EXPECT_EQ(system.looks, 5);
}

TEST_F(ClusterSchedulerTest, jobs_of_an_earlier_watcher_are_looked_for_at_once_by_their_tag) {
    ASSERT_TRUE(submit({ref(1), ref(2)}));
    system.jobs[1].state = JobState::running;
    restart();
    scheduler->adopt(ref(1), std::nullopt, {});
    scheduler->adopt(ref(2), std::nullopt, {});
    auto listing = scheduler->list();
    ASSERT_THAT(listing.jobs, SizeIs(2));
    EXPECT_EQ(listing.jobs[1].state, JobState::running);
    EXPECT_EQ(system.looks, 1);
}

TEST_F(ClusterSchedulerTest, an_empty_answer_loses_nothing_until_it_was_given_long_enough) {
    ASSERT_TRUE(submit({ref(0)}));
    system.jobs.clear();
    run_for(121);
    EXPECT_THAT(listed(), ElementsAre(ref(0)));
    run_for(60);
    EXPECT_THAT(listed(), IsEmpty());
    EXPECT_FALSE(scheduler->list().ends.at(ref(0)).confirmed);
}

TEST_F(ClusterSchedulerTest, what_the_system_says_of_an_end_is_handed_on) {
    ASSERT_TRUE(submit({ref(0)}));
    system.jobs.clear();
    JobReport end{tag(ref(0)), "7", std::nullopt,
                  "node1",     "",  {EndCause::memory, 137, true, "out of memory"}};
    system.ends = {end};
    run_for(200);
    auto ends = scheduler->list().ends;
    ASSERT_EQ(ends.count(ref(0)), 1u);
    EXPECT_EQ(ends[ref(0)].cause, EndCause::memory);
    EXPECT_TRUE(ends[ref(0)].confirmed);
    EXPECT_EQ(system.recalls, 1);
}

TEST_F(ClusterSchedulerTest, nobody_is_asked_about_a_job_whose_own_news_comes_in_time) {
    ASSERT_TRUE(submit({ref(0)}));
    clock.advance(Seconds(1));
    system.jobs.clear();
    scheduler->list();
    EXPECT_EQ(system.looks, 1);
    scheduler->ended(ref(0));
    run_for(200);
    EXPECT_EQ(system.recalls, 0);
}

TEST_F(ClusterSchedulerTest, a_submission_that_was_not_answered_may_have_worked) {
    go_away();
    EXPECT_FALSE(submit({ref(0)}));
    EXPECT_THAT(listed(), ElementsAre(ref(0)));
    system.away.reset();
    system.jobs = {{tag(ref(0)), "8", JobState::running, "node1", "", {}}};
    run_for(10);
    auto listing = scheduler->list();
    ASSERT_THAT(listing.jobs, SizeIs(1));
    EXPECT_EQ(listing.jobs[0].state, JobState::running);
}

TEST_F(ClusterSchedulerTest, while_it_is_away_nothing_is_submitted_and_it_is_asked_less_and_less_often) {
    go_away();
    EXPECT_FALSE(submit({ref(0)}));
    EXPECT_EQ(scheduler->room({}), 0);
    EXPECT_FALSE(submit({ref(1)})) << "each call would take its whole time-out";
    EXPECT_THAT(system.submitted, SizeIs(1));
    run_for(3600);
    EXPECT_LT(system.looks, 70);
    EXPECT_EQ(log.count("does not answer as it should"), 1);
    system.away.reset();
    run_for(61);
    EXPECT_GT(scheduler->room({}), 0);
    EXPECT_EQ(log.count("answers again"), 1);
    EXPECT_TRUE(submit({ref(1)}));
}

TEST_F(ClusterSchedulerTest, an_outage_makes_no_job_missing) {
    ASSERT_TRUE(submit({ref(0)}));
    run_for(2);
    auto jobs = std::exchange(system.jobs, {});
    run_for(60);  // one look without it
    go_away();
    run_for(3600);
    system.away.reset();
    run_for(30);
    EXPECT_THAT(listed(), ElementsAre(ref(0)));
}

TEST_F(ClusterSchedulerTest, a_full_queue_is_waited_for_while_looking_goes_on) {
    system.refusal = Error{Code::busy, "QOSMaxSubmitJobPerUserLimit"};
    EXPECT_FALSE(submit({ref(0)}));
    EXPECT_EQ(scheduler->room({}), 0);
    run_for(29);
    EXPECT_EQ(scheduler->room({}), 0);
    EXPECT_GE(system.looks, 1);
    run_for(2);
    EXPECT_GT(scheduler->room({}), 0);
}

TEST_F(ClusterSchedulerTest, a_mistake_in_the_request_stops_no_others) {
    system.refusal = Error{Code::invalid, "invalid partition"};
    auto answer = submit({ref(0)});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::invalid);
    EXPECT_GT(scheduler->room({}), 0);
}

TEST_F(ClusterSchedulerTest, room_is_what_may_be_queued_and_calls_are_paced) {
    options.max_queued = 3;
    options.submits_per_minute = 2;
    restart();
    EXPECT_EQ(scheduler->room({}), 3);
    EXPECT_EQ(scheduler->requests(), 1);
    ASSERT_TRUE(submit({ref(1), ref(2)}));
    EXPECT_EQ(scheduler->room({}), 1);
    EXPECT_EQ(scheduler->requests(), 0);
    scheduler->ended(ref(1));
    EXPECT_EQ(scheduler->room({}), 2);
    clock.advance(Seconds(30));
    EXPECT_EQ(scheduler->requests(), 1);
}

TEST_F(ClusterSchedulerTest, a_slow_system_does_not_stop_the_watcher_for_long) {
    system.on_submit = [&] { clock.advance(Seconds(6)); };
    std::vector<JobRequest> requests;
    for (int trial = 1; trial <= 4; ++trial) requests.push_back(request({ref(0, numbered_trial(trial))}));
    auto answers = scheduler->submit(requests);
    EXPECT_TRUE(answers[0] && answers[1]);
    ASSERT_TRUE(!answers[2] && !answers[3]);
    EXPECT_EQ(answers[2].error().code, Code::not_yet);
    EXPECT_THAT(listed(), SizeIs(4)) << "who waits is not missing";
    EXPECT_TRUE(scheduler->submit({requests[2]})[0]);
    scheduler->ended(ref(0, numbered_trial(4)));
    EXPECT_THAT(listed(), SizeIs(3));
}

TEST_F(ClusterSchedulerTest, cancels_go_in_one_call_each_way) {
    ASSERT_TRUE(submit({ref(1), ref(2), ref(3)}));
    scheduler->cancel({ref(1), ref(2)}, CancelHow::terminate);
    EXPECT_EQ(system.cancels, 1);
    EXPECT_THAT(system.cancelled, ElementsAre(std::pair(tag(ref(1)), CancelHow::terminate),
                                              std::pair(tag(ref(2)), CancelHow::terminate)));
}

TEST_F(ClusterSchedulerTest, a_cancel_that_did_not_get_through_is_repeated_even_if_the_job_was_given_up) {
    ASSERT_TRUE(submit({ref(0)}));
    go_away();
    scheduler->cancel({ref(0)}, CancelHow::kill);
    scheduler->ended(ref(0));
    run_for(30);
    EXPECT_THAT(system.cancelled, IsEmpty());
    EXPECT_LT(system.cancels, 5);
    system.away.reset();
    run_for(61);
    EXPECT_THAT(system.cancelled, ElementsAre(std::pair(tag(ref(0)), CancelHow::kill)));
    run_for(100);
    EXPECT_THAT(system.cancelled, SizeIs(1));
}

TEST_F(ClusterSchedulerTest, a_cancel_that_fails_does_not_stop_submissions) {
    ASSERT_TRUE(submit({ref(0)}));
    go_away();
    scheduler->cancel({ref(0)}, CancelHow::kill);
    system.away.reset();
    EXPECT_GT(scheduler->room({}), 0);
    EXPECT_EQ(log.count("slurm did not end 1 job: socket timed out"), 1);
}

TEST_F(ClusterSchedulerTest, a_hold_is_said_with_its_reason) {
    ASSERT_TRUE(submit({ref(1), ref(2)}));
    for (auto& job : system.jobs) {
        job.state = JobState::held;
        job.detail = "disk quota exceeded";
    }
    run_for(120);
    EXPECT_EQ(log.count("flow is held by slurm, and 1 more: disk quota exceeded"), 1);
}

TEST_F(ClusterSchedulerTest, a_script_that_cannot_be_written_is_no_submission) {
    fs.on_access([](const support::Access& access) -> Status {
        if (access.path.find(".sh") != std::string::npos) return fail(Code::no_space, "the disk is full");
        return {};
    });
    EXPECT_FALSE(submit({ref(0)}));
    EXPECT_THAT(system.submitted, IsEmpty());
}

}  // namespace
}  // namespace tw
