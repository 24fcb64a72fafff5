// The local backend with real processes: the suite, and what only it promises.
#include <csignal>

#include "batch/local.hpp"
#include "conformance/scheduler_conformance.hpp"
#include "posix/processes.hpp"
#include "support/temp_directory.hpp"

namespace tw::conformance {
namespace {

class LocalHarness : public SchedulerHarness {
public:
    std::string directory() override { return temporary_ / "experiment"; }
    std::unique_ptr<Scheduler> make() override {
        LocalOptions options;
        options.cpus = 2;
        options.gpus.emplace();
        return std::make_unique<LocalScheduler>(processes_, options, processes_.environment(), JobSite::id());
    }
    Resources everything() override {
        Resources resources;
        resources.cpus = 2;
        return resources;
    }

private:
    support::TempDirectory temporary_;
    PosixProcesses processes_;
};

std::unique_ptr<SchedulerHarness> make_local() {
    return std::make_unique<LocalHarness>();
}

INSTANTIATE_TEST_SUITE_P(Local, SchedulerConformance, testing::Values(&make_local),
                         [](const auto&) { return std::string("real_processes"); });

class LocalProcesses : public SchedulerConformance {};

INSTANTIATE_TEST_SUITE_P(Local, LocalProcesses, testing::Values(&make_local),
                         [](const auto&) { return std::string("real_processes"); });

TEST_P(LocalProcesses, a_script_whose_wrapper_was_killed_is_dead_when_the_job_is_missing) {
    submit(a_, "echo $$ > pid; touch ready; while :; do echo x >> log; sleep 0.001; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    auto claim = site_.claim(a_);
    ASSERT_TRUE(claim);
    ASSERT_EQ(::kill(static_cast<pid_t>(claim->pid), SIGKILL), 0);
    ASSERT_TRUE(gone(a_));
    std::string log = site_.read_in_trial("log");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(site_.read_in_trial("log"), log);
    EXPECT_TRUE(site_.events(a_).empty());
}

TEST_P(LocalProcesses, what_a_script_leaves_behind_does_not_outlive_the_job) {
    submit(a_, "(while :; do echo x >> log; sleep 0.001; done) & sleep 0.05");
    ASSERT_TRUE(gone(a_));
    std::string log = site_.read_in_trial("log");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(site_.read_in_trial("log"), log);
}

TEST_P(LocalProcesses, a_script_whose_wrapper_died_between_two_watchers_is_killed) {
    submit(a_, "touch ready; while :; do echo x >> log; sleep 0.001; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    auto claim = site_.claim(a_);
    scheduler_.reset();
    ASSERT_EQ(::kill(static_cast<pid_t>(claim->pid), SIGKILL), 0);
    scheduler_ = harness_->make();
    scheduler_->adopt(a_, claim, {});
    ASSERT_TRUE(gone(a_));
    std::string log = site_.read_in_trial("log");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(site_.read_in_trial("log"), log);
}

}  // namespace
}  // namespace tw::conformance
