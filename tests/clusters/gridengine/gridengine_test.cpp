// The real Grid Engine: the suite that holds for every scheduler, and what was met on it alone.
#include "batch/gridengine/gridengine.hpp"

#include "clusters/cluster_harness.hpp"
#include "clusters/private_cluster.hpp"

namespace tw::clusters {
namespace {

const PrivateCluster* cell = nullptr;

Resources whole_queue() {
    Resources resources;
    resources.cpus = 8;
    return resources;
}

class Harness final : public ClusterHarness {
public:
    Harness() : ClusterHarness(&make_gridengine, {{"pe", "smp"}, {"gpu_resource", "gpu"}}, whole_queue()) {}
    ~Harness() override {
        if (testing::Test::HasFailure()) std::fputs(log.text.c_str(), stderr);
    }
};

std::unique_ptr<conformance::SchedulerHarness> make_harness() {
    return std::make_unique<Harness>();
}

}  // namespace
}  // namespace tw::clusters

namespace tw::conformance {
namespace {

std::string named(const testing::TestParamInfo<HarnessFactory>&) {
    return "real_cell";
}

INSTANTIATE_TEST_SUITE_P(GridEngine, SchedulerConformance, testing::Values(&clusters::make_harness), named);

// On top of the suite: everything that Grid Engine says of ends.
class GridEngineCell : public SchedulerConformance {
protected:
    // The accounting file remembers the jobs of all tests by their tags: no two tests may have the same
    // attempt.
    GridEngineCell() {
        static int tests = 0;
        attempt_ = 100 + ++tests;
        a_ = task(1), b_ = task(2), c_ = task(3);
    }
    JobRef task(int number) const { return JobSite::job(number, attempt_); }
    JobEnd end_of(const JobRef& job) {
        JobEnd end;
        EXPECT_TRUE(eventually([&] {
            Listing listing = scheduler_->list();
            auto found = listing.ends.find(job);
            if (found != listing.ends.end()) end = found->second;
            return found != listing.ends.end() && end.cause != EndCause::unknown;
        }));
        return end;
    }
    std::string detail_of(const JobRef& job) {
        for (const JobStatus& status : scheduler_->list().jobs)
            if (status.job == job) return status.detail;
        return {};
    }
    JobRequest array(std::vector<int> tasks, const std::string& script) {
        JobRequest request = site_.request(task(tasks.front()), script);
        for (std::size_t i = 1; i < tasks.size(); ++i)
            request.tasks.push_back(site_.launch(task(tasks[i]), script));
        return request;
    }

    int attempt_ = 0;
};

INSTANTIATE_TEST_SUITE_P(GridEngine, GridEngineCell, testing::Values(&clusters::make_harness), named);

TEST_P(GridEngineCell, the_time_limit_is_told_by_TERM_and_is_the_cause) {
    Resources resources;
    resources.time = Seconds(15);
    submit(a_, patient_script, resources);
    EXPECT_EQ(end_of(a_).cause, EndCause::time_limit);
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("t143", "x9"));
}

TEST_P(GridEngineCell, a_script_that_goes_on_after_TERM_is_killed_after_its_grace) {
    Resources resources;
    resources.time = Seconds(2);
    JobRequest request =
        site_.request(a_, "trap '' TERM; while :; do echo x >> log; sleep 0.05; done", resources);
    request.grace = Seconds(2);
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::time_limit);
    EXPECT_TRUE(end.confirmed);
    std::string log = site_.read_in_trial("log");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(site_.read_in_trial("log"), log);
}

// Without the batch script's translation 99 is run again for ever, and 100 becomes the error state.
TEST_P(GridEngineCell, statuses_that_mean_something_to_it_are_statuses_like_any_other) {
    submit(a_, "echo 1 >> ran.a; exit 99");
    submit(b_, "echo 1 >> ran.b; exit 100");
    EXPECT_EQ(end_of(a_).cause, EndCause::exited);
    EXPECT_EQ(end_of(b_).cause, EndCause::exited);
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("x99"));
    EXPECT_THAT(site_.events(b_), testing::ElementsAre("x100"));
    EXPECT_EQ(site_.read_in_trial("ran.a") + site_.read_in_trial("ran.b"), "1\n1\n");
}

TEST_P(GridEngineCell, a_missing_directory_is_an_end_with_the_reason) {
    JobRequest request = site_.request(a_, "touch ran");
    request.directory = "/nonexistent/directory";
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::held);
    EXPECT_THAT(end.detail, testing::HasSubstr("can't chdir to /nonexistent/directory"));
    EXPECT_TRUE(site_.events(a_).empty());
}

TEST_P(GridEngineCell, of_a_job_that_was_deleted_while_it_waited_there_is_no_record) {
    submit_blocker(a_);
    submit(b_, "touch ran");
    scheduler_->cancel({b_}, CancelHow::terminate);
    EXPECT_TRUE(gone(b_));
    EXPECT_EQ(scheduler_->list().ends[b_].cause, EndCause::unknown);
    open();
    EXPECT_TRUE(gone(a_));
}

TEST_P(GridEngineCell, a_job_that_was_deleted_by_somebody_was_cancelled) {
    JobRequest request = site_.request(a_, "trap '' TERM; touch ready; while :; do sleep 0.05; done");
    request.grace = Seconds(1);
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    ASSERT_TRUE(is_running(a_, "ready"));
    ASSERT_EQ(clusters::cell->command("qdel -u \"$(id -un)\" >/dev/null"), 0);
    JobEnd end = end_of(a_);
    EXPECT_EQ(end.cause, EndCause::cancelled);
    EXPECT_TRUE(end.confirmed);
}

TEST_P(GridEngineCell, suspending_hurts_nobody) {
    submit(a_, "touch ready; while ! test -e open; do sleep 0.05; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    ASSERT_EQ(clusters::cell->command("qmod -sj '*' >/dev/null"), 0);
    EXPECT_TRUE(eventually([&] { return detail_of(a_).find("suspended") != std::string::npos; }));
    EXPECT_EQ(state(a_), JobState::running);
    ASSERT_EQ(clusters::cell->command("qmod -usj '*' >/dev/null"), 0);
    open();
    EXPECT_TRUE(gone(a_));
    EXPECT_THAT(site_.events(a_), testing::ElementsAre("x0"));
}

TEST_P(GridEngineCell, an_array_with_gaps_runs_its_tasks_and_no_other) {
    ASSERT_TRUE(scheduler_->submit({array({2, 3, 7, 9, 11, 20}, "echo \"$SGE_TASK_ID\" >> ran")})[0]);
    EXPECT_TRUE(eventually([&] { return scheduler_->list().jobs.empty(); }));
    for (int number : {2, 3, 7, 9, 11, 20})
        EXPECT_THAT(site_.events(task(number)), testing::ElementsAre("x0"));
    std::string ran = site_.read_in_trial("ran");
    EXPECT_EQ(std::count(ran.begin(), ran.end(), '\n'), 6);
}

TEST_P(GridEngineCell, tasks_of_an_array_are_cancelled_one_by_one) {
    ASSERT_TRUE(scheduler_->submit(
        {array({1, 2, 3}, "touch up.$SGE_TASK_ID; while ! test -e open; do sleep 0.05; done")})[0]);
    ASSERT_TRUE(eventually(
        [&] { return site_.in_trial("up.1") && site_.in_trial("up.2") && site_.in_trial("up.3"); }));
    scheduler_->cancel({task(2)}, CancelHow::kill);
    EXPECT_TRUE(gone(task(2)));
    EXPECT_EQ(state(task(1)), JobState::running);
    EXPECT_EQ(state(task(3)), JobState::running);
    open();
    EXPECT_TRUE(gone(task(1)) && gone(task(3)));
}

TEST_P(GridEngineCell, what_it_does_not_know_is_refused_for_good) {
    Resources resources;
    resources.options = {{"q", "nosuch.q"}};
    auto answer = scheduler_->submit({site_.request(a_, "touch ran", resources)})[0];
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::invalid) << answer.error().text();
    EXPECT_GT(scheduler_->room({}), 0) << "the cluster is there";
}

TEST_P(GridEngineCell, while_the_qmaster_is_away_nothing_is_gone) {
    submit(a_, "touch ready; while ! test -e open; do sleep 0.05; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    ASSERT_EQ(clusters::cell->script("daemon.sh", "qmaster kill"), 0);
    EXPECT_TRUE(eventually([&] { return !scheduler_->list().jobs.empty() && scheduler_->room({}) == 0; }));
    EXPECT_FALSE(scheduler_->submit({site_.request(b_, "touch ran.b")})[0]);
    EXPECT_EQ(state(a_), JobState::running) << "as far as is known";
    open();  // its end is told by the spool, not by Grid Engine
    EXPECT_TRUE(eventually([&] { return !site_.events(a_).empty(); }));
    ASSERT_EQ(clusters::cell->script("daemon.sh", "qmaster start"), 0);
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

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
    tw::clusters::PrivateCluster cluster("gridengine");
    if (cluster.status != 0) return cluster.status;
    tw::clusters::cell = &cluster;
    return RUN_ALL_TESTS();
}
