// The template backend over fake PBS, Torque, LSF and Flux, whose commands run the jobs for real.
#include <sys/stat.h>

#include "batch/command/command.hpp"
#include "clusters/cluster_harness.hpp"

namespace tw::clusters {
namespace {

struct FakeSystem {
    const char* profile;
    const char* file;
    std::vector<std::string> commands;
};

// DIR/bin/qsub calls pbs.py by the name qsub, with the directory of its jobs.
class FakeHarness : public ClusterHarness {
public:
    explicit FakeHarness(const FakeSystem& system)
        : ClusterHarness(&make_command, {{"profile", system.profile}, {"max_queued", "24"}}, whole_machine()) {
        for (const char* name : {"bin", "links"}) boost::filesystem::create_directories(place_ / name);
        for (const std::string& command : system.commands) {
            boost::filesystem::create_symlink(std::string(FAKE_DIR) + "/" + system.file,
                                              place_ / ("links/" + command));
            std::string shim = place_ / ("bin/" + command);
            std::ofstream(shim) << "#!/bin/sh\nFAKE_BATCH='" << (place_ / "state") << "' exec '"
                                << (place_ / ("links/" + command)) << "' \"$@\"\n";
            ::chmod(shim.c_str(), 0755);
        }
        static const std::string path = std::getenv("PATH");
        ::setenv("PATH", ((place_ / "bin") + ":" + path).c_str(), 1);
    }
    ~FakeHarness() override {
        if (testing::Test::HasFailure()) std::fputs(log.text.c_str(), stderr);
    }

private:
    static Resources whole_machine() {
        Resources resources;
        resources.cpus = 8;
        return resources;
    }
    support::TempDirectory place_;
};

template <int system>
std::unique_ptr<conformance::SchedulerHarness> make_fake() {
    static const FakeSystem systems[] = {
        {"pbs", "pbs.py", {"qsub", "qstat", "qdel", "qsig"}},
        {"torque", "torque.py", {"qsub", "qstat", "qdel", "qsig"}},
        {"lsf", "lsf.py", {"bsub", "bjobs", "bkill"}},
        {"flux", "flux.py", {"flux"}},
    };
    return std::make_unique<FakeHarness>(systems[system]);
}

}  // namespace
}  // namespace tw::clusters

namespace tw::conformance {
namespace {

std::string named(const testing::TestParamInfo<HarnessFactory>& info) {
    static const char* names[] = {"pbs", "torque", "lsf", "flux"};
    return names[info.index];
}

const auto every_fake = testing::Values(&clusters::make_fake<0>, &clusters::make_fake<1>,
                                        &clusters::make_fake<2>, &clusters::make_fake<3>);

INSTANTIATE_TEST_SUITE_P(Fake, SchedulerConformance, every_fake, named);

class TemplateBackend : public SchedulerConformance {};

INSTANTIATE_TEST_SUITE_P(Fake, TemplateBackend, every_fake, named);

TEST_P(TemplateBackend, runs_the_tasks_of_an_array_with_gaps_and_no_other) {
    JobRequest request = site_.request(JobSite::job(2), "echo 1 >> ran");
    for (int task : {3, 7, 9, 11, 20})
        request.tasks.push_back(site_.launch(JobSite::job(task), "echo 1 >> ran"));
    std::vector<JobRequest> requests{request};
    if (scheduler_->block() == 1) {  // no arrays: one request for each
        requests.clear();
        for (const TaskLaunch& task : request.tasks) {
            requests.push_back(request);
            requests.back().tasks = {task};
        }
    }
    submit_all(requests);
    EXPECT_TRUE(eventually([&] { return scheduler_->list().jobs.empty(); }));
    for (int task : {2, 3, 7, 9, 11, 20})
        EXPECT_THAT(site_.events(JobSite::job(task)), testing::ElementsAre("x0"));
    EXPECT_EQ(site_.read_in_trial("ran"), "1\n1\n1\n1\n1\n1\n");
}

TEST_P(TemplateBackend, tells_a_refusal_for_good) {
    Resources resources;
    resources.options = {{"queue", "nosuch"}};
    auto answer = scheduler_->submit({site_.request(a_, "touch ran", resources)})[0];
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::invalid) << answer.error().text();
}

}  // namespace
}  // namespace tw::conformance
