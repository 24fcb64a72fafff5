// What was met on Slurm alone: its word is no proof, its ids are given twice, its dead nodes work on. Tests, like the suite:
// one source file includes them.
#pragma once

#include "clusters/slurm/slurm_fixture.hpp"

namespace tw::conformance {
namespace {

using testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(Slurm, SlurmCluster, testing::Values(&clusters::make_slurm_harness),
                         [](const auto&) { return std::string("real_slurm"); });

const std::string until_open = "touch ready; while ! test -e open; do sleep 0.05; done";

// proctrack/cgroup where there are no cgroups: the script never runs, and the job is COMPLETED 0:0.
TEST_P(SlurmCluster, a_script_that_never_ran_and_is_completed_is_no_success) {
    std::string own = std::getenv("SLURM_CONF");
    {
        clusters::PrivateCluster broken("slurm", "NODES=1 CONF=ProctrackType=proctrack/cgroup");
        ASSERT_EQ(broken.status, 0);
        scheduler_ = harness_->make();
        submit(a_, "touch ran");
        JobEnd end = end_of(a_);
        if (site_.in_trial("ran")) {
            GTEST_LOG_(INFO) << "there are cgroups here: the script ran";
        } else {
            EXPECT_THAT(site_.events(a_), IsEmpty()) << "success is the wrapper's event";
            EXPECT_FALSE(site_.claim(a_)) << "nor was it started: the attempt may be given up";
            EXPECT_NE(end.cause, EndCause::time_limit);
        }
    }
    ::setenv("SLURM_CONF", own.c_str(), 1);
    scheduler_ = harness_->make();
}

// slurmctld saves its state at most once in five seconds: what was accepted right behind a save is forgotten when it dies,
// and the id of it is the next one's.
TEST_P(SlurmCluster, an_id_that_is_given_to_another_job_confuses_nobody) {
    const std::string held = "sbatch --parsable --hold -J foreign -o /dev/null --wrap 'sleep 1000'";
    std::string id, foreign;
    for (int tries = 0; tries < 5 && (id.empty() || foreign != id); ++tries) {
        a_.key.attempt += 1000;
        std::this_thread::sleep_for(std::chrono::seconds(6));
        clusters::shell(held);  // saved at once
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        submit_with(a_, "touch ran", {{"hold", "true"}});
        id = slurm_id(a_);
        daemon("slurmctld KILL");
        daemon("slurmctld start");
        foreign = clusters::shell(held);
    }
    ASSERT_EQ(foreign, id) << "the controller remembered";
    EXPECT_TRUE(gone(a_));
    scheduler_->cancel({a_}, CancelHow::kill);
    scheduler_->cancel({a_}, CancelHow::terminate);
    EXPECT_EQ(clusters::shell("squeue -h -o %T -j " + foreign), "PENDING");
    EXPECT_EQ(scheduler_->list().ends[a_].cause, EndCause::unknown);
    scheduler_->adopt(b_, std::nullopt, {});
    EXPECT_TRUE(gone(b_));
    clusters::shell("scancel --name=foreign");
    submit(c_, "touch ran");
    EXPECT_TRUE(gone(c_));
    EXPECT_TRUE(site_.in_trial("ran"));
}

TEST_P(SlurmCluster, a_node_that_died_is_told_and_its_job_may_still_write) {
    submit(a_, "touch ready; while ! test -e open; do echo x >> log; sleep 0.05; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    std::string node = slurm_id(a_, "%B");
    daemon("slurmd." + node + " KILL");
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::node) << end.detail;
    EXPECT_FALSE(end.confirmed);
    std::string log = site_.read_in_trial("log");
    EXPECT_TRUE(eventually([&] { return site_.read_in_trial("log") != log; })) << "the old copy runs on";
    open();
    EXPECT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
    daemon("slurmd." + node + " start");
    EXPECT_TRUE(eventually([&] { return clusters::shell("sinfo -h -N -t idle -o %N | sort -u | wc -l") == "2"; }));
}

TEST_P(SlurmCluster, a_job_that_was_cancelled_on_a_dead_node_has_not_surely_ended) {
    submit(a_, until_open);
    ASSERT_TRUE(is_running(a_, "ready"));
    std::string node = slurm_id(a_, "%B");
    daemon("slurmd." + node + " KILL");
    clusters::shell("scancel " + slurm_id(a_));
    JobEnd end = end_of(a_);
    EXPECT_NE(end.cause, EndCause::exited) << end.detail;
    EXPECT_FALSE(end.confirmed);
    open();
    daemon("slurmd." + node + " start");
    EXPECT_TRUE(eventually([&] { return clusters::shell("sinfo -h -N -t idle -o %N | sort -u | wc -l") == "2"; }));
}

TEST_P(SlurmCluster, a_job_that_somebody_cancelled) {
    submit(a_, "trap '' TERM; " + until_open);
    ASSERT_TRUE(is_running(a_, "ready"));
    clusters::shell("scancel " + slurm_id(a_));
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::cancelled);
    EXPECT_TRUE(end.confirmed);
}

TEST_P(SlurmCluster, a_job_that_was_preempted) {
    submit_with(a_, until_open, {{"partition", "scavenge"}});
    ASSERT_TRUE(is_running(a_, "ready"));
    submit(b_, "touch ran", harness_->everything());
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::preempted);
    EXPECT_TRUE(end.confirmed);
    EXPECT_TRUE(gone(b_));
    EXPECT_TRUE(site_.in_trial("ran"));
}

// Slurm counts limits in minutes and looks every half minute: some three minutes.
TEST_P(SlurmCluster, the_time_limit_is_told_by_TERM_and_is_the_cause) {
    JobRequest request = site_.request(a_, "date +%s > begun; trap 'date +%s > told' TERM; while ! test -e open; do sleep 0.1; done");
    request.resources.time = Seconds(20);
    request.grace = Seconds(1);
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    JobEnd end;
    for (int rounds = 0; rounds < 2 && end.cause != EndCause::time_limit; ++rounds)
        (void)eventually([&] {
            Listing listing = scheduler_->list();
            if (auto found = listing.ends.find(a_); found != listing.ends.end()) end = found->second;
            return end.cause != EndCause::unknown;
        });
    EXPECT_EQ(end.cause, EndCause::time_limit) << end.detail;
    EXPECT_TRUE(end.confirmed);
    ASSERT_TRUE(site_.in_trial("told"));
    EXPECT_GE(std::stol(site_.read_in_trial("told")) - std::stol(site_.read_in_trial("begun")), 20) << "its time was cut short";
}

TEST_P(SlurmCluster, while_the_controller_is_away_nothing_is_gone) {
    submit(a_, until_open);
    ASSERT_TRUE(is_running(a_, "ready"));
    daemon("slurmctld TERM");
    EXPECT_TRUE(eventually([&] {
        (void)scheduler_->list();
        return scheduler_->room({}) == 0;  // it was seen to be away
    }));
    EXPECT_EQ(state(a_), JobState::running);
    EXPECT_FALSE(scheduler_->submit({site_.request(b_, "touch ran.b")})[0]);
    EXPECT_TRUE(scheduler_->list().ends.empty());
    open();  // its end is told by the spool, not by Slurm
    EXPECT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
    daemon("slurmctld start");
    EXPECT_TRUE(eventually([&] {
        Listing listing = scheduler_->list();
        return listing.complete && listing.jobs.empty();
    }));
    submit(c_, "touch ran.c");
    EXPECT_TRUE(gone(c_));
    EXPECT_TRUE(site_.in_trial("ran.c"));
}

}  // namespace
}  // namespace tw::conformance
