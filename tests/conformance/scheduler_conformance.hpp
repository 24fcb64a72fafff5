// What every Scheduler must do, whatever is behind it. Only the interface and the files of the wrappers
// are looked at. A backend joins by a SchedulerHarness and
//   INSTANTIATE_TEST_SUITE_P(Name, SchedulerConformance, testing::Values(&make_harness), ...);
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "conformance/job_site.hpp"

namespace tw::conformance {

class SchedulerHarness {
public:
    virtual ~SchedulerHarness() = default;
    virtual std::string directory() = 0;            // fresh; every host that runs jobs sees it
    virtual std::unique_ptr<Scheduler> make() = 0;  // as a watcher that starts; jobs of earlier ones go on
    virtual Resources everything() = 0;             // of one job beside which no other one fits
    virtual Resources impossible() {                // of one job, for ever
        Resources absurd;
        absurd.cpus = 1000000;
        return absurd;
    }
    virtual bool starts_wrappers_in_vain() { return true; }  // of an attempt that runs on the same host, too
    virtual std::chrono::seconds patience() { return std::chrono::seconds(60); }
};

using HarnessFactory = std::unique_ptr<SchedulerHarness> (*)();

class SchedulerConformance : public testing::TestWithParam<HarnessFactory> {
protected:
    using Jobs = std::vector<JobRef>;

    SchedulerConformance()
        : harness_(GetParam()()), site_(harness_->directory()), scheduler_(harness_->make()) {}

    // Nothing of a test that failed may run on.
    ~SchedulerConformance() override {
        Jobs left;
        for (const JobStatus& job : scheduler_->list().jobs) left.push_back(job.job);
        scheduler_->cancel(left, CancelHow::kill);
        (void)eventually([&] { return scheduler_->list().jobs.empty(); });
    }

    bool eventually(const std::function<bool()>& condition) {
        auto end = std::chrono::steady_clock::now() + harness_->patience();
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            scheduler_->pump();
        }
        return true;
    }

    void submit(const JobRef& job, const std::string& script, const Resources& resources = {}) {
        auto answers = scheduler_->submit({site_.request(job, script, resources)});
        ASSERT_EQ(answers.size(), 1u);
        ASSERT_TRUE(answers[0]) << answers[0].error().text();
    }

    // What a slow system left no time for is handed over again.
    void submit_all(std::vector<JobRequest> requests) {
        while (!requests.empty()) {
            auto answers = scheduler_->submit(requests);
            ASSERT_EQ(answers.size(), requests.size());
            std::vector<JobRequest> later;
            for (std::size_t i = 0; i < requests.size(); ++i) {
                if (!answers[i] && answers[i].error().code == Code::not_yet)
                    later.push_back(requests[i]);
                else
                    ASSERT_TRUE(answers[i]) << answers[i].error().text();
            }
            requests = std::move(later);
        }
    }

    // A job that takes everything, and runs until the file "open" appears.
    void submit_blocker(const JobRef& job) {
        submit(job, "touch blocking; while ! test -e open; do sleep 0.01; done", harness_->everything());
        ASSERT_TRUE(eventually([&] { return site_.in_trial("blocking"); }));
    }
    void open() { site_.write("trials/" + site_.trial() + "/open", ""); }

    std::optional<JobState> state(const JobRef& job) {
        Listing listing = scheduler_->list();
        for (const JobStatus& status : listing.jobs) {
            if (status.job == job) return status.state;
        }
        EXPECT_TRUE(listing.complete) << "not there in a listing that is not complete says nothing";
        return std::nullopt;
    }
    bool gone(const JobRef& job) {
        return eventually([&] { return !state(job); });
    }
    bool is_running(const JobRef& job, const std::string& file) {
        return eventually([&] { return site_.in_trial(file) && state(job) == JobState::running; });
    }

    std::unique_ptr<SchedulerHarness> harness_;
    JobSite site_;
    std::unique_ptr<Scheduler> scheduler_;
    JobRef a_ = JobSite::job(1), b_ = JobSite::job(2), c_ = JobSite::job(3);
};

inline constexpr const char* patient_script =
    "trap 'touch told; exit 9' TERM; touch ready; while :; do sleep 0.01; done";

TEST_P(SchedulerConformance, a_job_runs_tells_and_is_gone) {
    submit(a_, "echo hello; echo oops >&2; pwd; touch done");
    ASSERT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("x0+"));
    EXPECT_TRUE(gone(a_));
    EXPECT_EQ(site_.read_in_trial("logs/" + a_.key.name()), "hello\noops\n" + site_.directory() + "\n");
}

TEST_P(SchedulerConformance, a_job_that_died_is_not_started_again) {
    submit(a_, "echo 1 >> ran; kill -KILL $PPID");
    ASSERT_TRUE(gone(a_));
    submit(b_, "touch later", harness_->everything());
    ASSERT_TRUE(gone(b_));
    EXPECT_TRUE(site_.in_trial("later"));
    EXPECT_EQ(site_.read_in_trial("ran"), "1\n");
    EXPECT_THAT(site_.events(a_), testing::IsEmpty());
}

TEST_P(SchedulerConformance, a_failing_job_tells_its_status) {
    submit(a_, "exit 7");
    ASSERT_TRUE(gone(a_));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("x7"));
}

TEST_P(SchedulerConformance, the_environment_of_a_task_arrives) {
    JobRequest request = site_.request(a_, "echo \"$TRIAL_ODD\" > odd");
    request.tasks[0].environment = {"TRIAL_ODD=a 'b' \"c\" $d, e;f"};
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    ASSERT_TRUE(gone(a_));
    EXPECT_EQ(site_.read_in_trial("odd"), "a 'b' \"c\" $d, e;f\n");
}

TEST_P(SchedulerConformance, every_task_of_a_request_runs_once) {
    std::vector<JobRequest> requests;
    for (int task = 1; task <= 12; ++task) {
        std::string script = "echo 1 >> ran." + std::to_string(task);
        bool joins = !requests.empty() && (task - 1) % scheduler_->block() != 0;
        if (joins)
            requests.back().tasks.push_back(site_.launch(site_.job(task), script));
        else
            requests.push_back(site_.request(site_.job(task), script));
    }
    submit_all(requests);
    EXPECT_TRUE(eventually([&] { return scheduler_->list().jobs.empty(); }));
    for (int task = 1; task <= 12; ++task) {
        EXPECT_EQ(site_.read_in_trial("ran." + std::to_string(task)), "1\n");
        EXPECT_THAT(site_.events(site_.job(task)), testing::ElementsAre("x0"));
    }
}

TEST_P(SchedulerConformance, states_go_from_queued_over_running_to_gone) {
    submit_blocker(a_);
    submit(b_, "while ! test -e done; do sleep 0.01; done", harness_->everything());
    EXPECT_EQ(state(a_), JobState::running);
    EXPECT_EQ(state(b_), JobState::queued);
    open();
    std::vector<JobState> seen{JobState::queued};
    EXPECT_TRUE(eventually([&] {
        auto now = state(b_);
        if (now && *now != seen.back()) seen.push_back(*now);
        if (now == JobState::running) site_.write("trials/" + site_.trial() + "/done", "");
        return !now;
    }));
    EXPECT_THAT(seen, testing::ElementsAre(JobState::queued, JobState::running));
}

TEST_P(SchedulerConformance, both_ways_of_cancelling_take_a_job_out_of_the_queue) {
    submit_blocker(a_);
    submit(b_, "touch ran", harness_->everything());
    submit(c_, "touch ran", harness_->everything());
    scheduler_->cancel({b_}, CancelHow::terminate);
    scheduler_->cancel({c_}, CancelHow::kill);
    EXPECT_TRUE(gone(b_) && gone(c_));
    open();
    EXPECT_TRUE(gone(a_));
    EXPECT_FALSE(site_.in_trial("ran"));
    EXPECT_FALSE(site_.exists(site_.claim_path(b_)));
}

TEST_P(SchedulerConformance, terminate_lets_the_script_end_by_itself) {
    submit(a_, patient_script);
    ASSERT_TRUE(is_running(a_, "ready"));
    scheduler_->cancel({a_}, CancelHow::terminate);
    ASSERT_TRUE(gone(a_));
    EXPECT_TRUE(site_.in_trial("told"));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("t143", "x9"));
}

TEST_P(SchedulerConformance, a_script_that_ignores_terminate_is_still_listed) {
    submit(a_, "trap '' TERM; touch ready; while ! test -e open; do sleep 0.01; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    scheduler_->cancel({a_}, CancelHow::terminate);
    ASSERT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
    EXPECT_EQ(state(a_), JobState::running);
    open();
    EXPECT_TRUE(gone(a_));
}

TEST_P(SchedulerConformance, kill_ends_everything_and_nothing_writes_afterwards) {
    submit(
        a_,
        "trap '' TERM; touch ready; (while :; do echo x >> inner; done) & while :; do echo x >> outer; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    scheduler_->cancel({a_}, CancelHow::kill);
    ASSERT_TRUE(gone(a_));
    if (!scheduler_->confirms_death()) return;
    std::string inner = site_.read_in_trial("inner"), outer = site_.read_in_trial("outer");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(site_.read_in_trial("inner"), inner);
    EXPECT_EQ(site_.read_in_trial("outer"), outer);
}

TEST_P(SchedulerConformance, another_watcher_adopts_by_the_claim) {
    submit(a_, patient_script);
    ASSERT_TRUE(is_running(a_, "ready"));
    scheduler_ = harness_->make();
    scheduler_->adopt(a_, site_.claim(a_), {});
    EXPECT_EQ(state(a_), JobState::running);
    scheduler_->cancel({a_}, CancelHow::terminate);
    ASSERT_TRUE(gone(a_));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("t143", "x9"));
}

TEST_P(SchedulerConformance, another_watcher_adopts_without_the_claim) {
    submit(a_, patient_script);
    ASSERT_TRUE(is_running(a_, "ready"));
    scheduler_ = harness_->make();
    scheduler_->adopt(a_, std::nullopt, {});
    EXPECT_EQ(state(a_), JobState::running);
    scheduler_->cancel({a_}, CancelHow::kill);
    EXPECT_TRUE(gone(a_));
}

TEST_P(SchedulerConformance, an_adopted_job_takes_its_place) {
    submit_blocker(a_);
    scheduler_ = harness_->make();
    scheduler_->adopt(a_, site_.claim(a_), harness_->everything());
    submit(b_, "touch ran", harness_->everything());
    EXPECT_EQ(state(b_), JobState::queued);
    open();
    EXPECT_TRUE(gone(b_));
    EXPECT_TRUE(site_.in_trial("ran"));
}

TEST_P(SchedulerConformance, a_job_that_ended_before_is_not_listed_when_adopted) {
    submit(a_, "exit 0");
    ASSERT_TRUE(gone(a_));
    scheduler_ = harness_->make();
    scheduler_->adopt(a_, site_.claim(a_), {});
    EXPECT_TRUE(gone(a_));
}

TEST_P(SchedulerConformance, an_attempt_that_is_submitted_twice_runs_once) {
    submit(a_, "echo 1 >> ran; while ! test -e open; do sleep 0.01; done");
    ASSERT_TRUE(is_running(a_, "ran"));
    auto first = std::move(scheduler_);
    scheduler_ = harness_->make();  // a watcher that does not know of it
    (void)scheduler_->submit({site_.request(a_, "echo 2 >> ran")});
    if (harness_->starts_wrappers_in_vain()) {
        EXPECT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
        EXPECT_THAT(site_.events(a_), testing::ElementsAre("b0"));
    }
    open();
    std::swap(first, scheduler_);
    EXPECT_TRUE(gone(a_));
    EXPECT_EQ(site_.read_in_trial("ran"), "1\n");
}

TEST_P(SchedulerConformance, a_voided_attempt_never_runs) {
    site_.write(site_.claim_path(a_), "void\n");
    submit(a_, "touch ran");
    EXPECT_TRUE(gone(a_));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("b0"));
    EXPECT_FALSE(site_.in_trial("ran"));
}

TEST_P(SchedulerConformance, a_closed_trial_never_runs) {
    boost::filesystem::remove(site_.root() + "/.trialwatch/claims/" + site_.trial() + "/go.1");
    submit(a_, "touch ran");
    EXPECT_TRUE(gone(a_));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("i5"));
    EXPECT_FALSE(site_.in_trial("ran"));
}

TEST_P(SchedulerConformance, what_can_never_run_is_refused_with_a_reason) {
    Resources absurd = harness_->impossible();
    auto possible = scheduler_->possible(absurd);
    ASSERT_FALSE(possible);
    EXPECT_FALSE(possible.error().what.empty());
    EXPECT_EQ(scheduler_->room(absurd), 0);
    EXPECT_TRUE(scheduler_->possible({}));
    EXPECT_TRUE(scheduler_->possible(harness_->everything()));
}

TEST_P(SchedulerConformance, room_is_used_up_and_comes_back) {
    int room = scheduler_->room({});
    EXPECT_GE(room, scheduler_->slots());
    ASSERT_GT(room, 0);
    room = std::min(room, 200);
    for (int task = 1; task <= room; ++task) {
        submit(site_.job(task), "while ! test -e open; do sleep 0.05; done");
    }
    EXPECT_LT(scheduler_->room({}), room);
    open();
    EXPECT_TRUE(eventually([&] { return scheduler_->list().jobs.empty(); }));
    EXPECT_GE(scheduler_->room({}), room);
}

TEST_P(SchedulerConformance, unknown_jobs_are_ignored) {
    scheduler_->ended(c_);
    scheduler_->cancel({c_}, CancelHow::terminate);
    scheduler_->cancel({c_}, CancelHow::kill);
    scheduler_->cancel({}, CancelHow::kill);
    EXPECT_EQ(state(c_), std::nullopt);
    EXPECT_TRUE(scheduler_->submit({}).empty());
}

}  // namespace tw::conformance
