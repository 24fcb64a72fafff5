// The real Slurm: the suite that holds for every scheduler, and what is submitted.
#include <fmt/format.h>

#include <cstdio>

#include "clusters/slurm/slurm_fixture.hpp"
#include "clusters/slurm/slurm_traps.hpp"

namespace tw::clusters {

const PrivateCluster* slurm = nullptr;

std::string shell(const std::string& line) {
    std::string text;
    std::FILE* pipe = ::popen(line.c_str(), "r");
    char buffer[4096];
    while (pipe && std::fgets(buffer, sizeof buffer, pipe)) text += buffer;
    if (pipe) ::pclose(pipe);
    return std::string(trim(text));
}

std::unique_ptr<conformance::SchedulerHarness> make_slurm_harness() {
    Resources everything;
    everything.cpus = 8;
    everything.ranks = 2;
    everything.nodes = 2;
    return std::make_unique<ClusterHarness>(&make_slurm, OptionTable{{"forward", "PATH,HOME,TW_FORWARDED"}}, everything);
}

}  // namespace tw::clusters

namespace tw::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string named(const testing::TestParamInfo<HarnessFactory>&) {
    return "real_slurm";
}

INSTANTIATE_TEST_SUITE_P(Slurm, SchedulerConformance, testing::Values(&clusters::make_slurm_harness), named);

class SlurmSubmit : public SlurmCluster {};
INSTANTIATE_TEST_SUITE_P(Slurm, SlurmSubmit, testing::Values(&clusters::make_slurm_harness), named);

// Everything that slurmctld and the nodes keep on disk of the jobs that are there.
std::string saved() {
    return clusters::shell("cat \"$(dirname \"$SLURM_CONF\")\"/state/hash.*/job.*/* 2>/dev/null | tr '\\0' '\\n'");
}

TEST_P(SlurmSubmit, only_forwarded_variables_reach_the_job_and_slurms_files) {
    ::setenv("TW_SECRET", "s3cret-v4lue", 1);
    ::setenv("TW_FORWARDED", "forwarded-v4lue", 1);
    ::setenv("SBATCH_PARTITION", "nosuch", 1);
    submit(a_, "env > environment; touch ready; while ! test -e open; do sleep 0.05; done");
    ASSERT_TRUE(is_running(a_, "ready"));
    EXPECT_THAT(saved(), HasSubstr("forwarded-v4lue"));
    EXPECT_THAT(saved(), Not(HasSubstr("s3cret-v4lue")));
    std::string environment = site_.read_in_trial("environment");
    EXPECT_THAT(environment, HasSubstr("TW_FORWARDED=forwarded-v4lue\n"));
    EXPECT_THAT(environment, HasSubstr("SLURM_JOB_ID="));
    EXPECT_THAT(environment, Not(HasSubstr("TW_SECRET")));
    EXPECT_THAT(environment, Not(HasSubstr("SLURM_EXPORT_ENV"))) << "srun in the job would start with an empty environment";
    ::unsetenv("SBATCH_PARTITION");
    ::unsetenv("TW_SECRET");
    open();
    EXPECT_TRUE(gone(a_));
}

// Slurm's commands without the scheduler around them.
struct Direct {
    explicit Direct(const std::string& root, OptionTable options = {}) : fs(PosixFileSystem::open(root).value()) {
        SystemSettings settings;
        settings.options = std::move(options);
        system = make_slurm({*fs, clock, processes, commands, log, JobSite::id()}, settings).value();
    }
    PosixProcesses processes;
    PosixCommands commands;
    SystemClock clock;
    support::SaidLog log;
    std::unique_ptr<FileSystem> fs;
    std::unique_ptr<BatchSystem> system;
};

// This one has no accounts (sacct says so), and writes its jobs' ends into a file.
TEST_P(SlurmSubmit, what_is_forgotten_is_in_the_jobcomp_file) {
    submit(a_, "exit 7");
    EXPECT_TRUE(gone(a_));
    KnownJob job{make_tag(JobSite::id(), a_, 1000), "", JobState::queued};
    std::string file = clusters::shell("dirname \"$SLURM_CONF\"") + "/log/jobcomp";
    std::vector<JobReport> reports;
    Direct direct(site_.root(), {{"jobcomp", file}});
    EXPECT_TRUE(eventually([&] {
        reports = direct.system->recall({job, {{"twnever", 1}, "", JobState::queued}}).value();
        return !reports.empty();
    }));
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].tag, job.tag);
    EXPECT_EQ(reports[0].end.cause, EndCause::exited);
    EXPECT_EQ(reports[0].end.status, 7);
    EXPECT_TRUE(Direct(site_.root()).system->recall({job})->empty());
}

// A launch script that is not there: what the shell says of it must be in the log that was asked for.
TEST_P(SlurmSubmit, a_log_is_where_it_should_be_whatever_its_name) {
    for (std::string name : {"plain", "a b", "100%", "%j%%a", "x\\y", "q'\"$(touch injected)", "%j\\%%", "new\nline", "-leading"}) {
        std::string directory = site_.directory() + "/" + name;
        boost::filesystem::create_directories(directory);
        JobGroup group;
        group.token = "twlog";
        group.indexes = {0};
        group.directory = directory;
        group.launch = directory + "/absent";
        group.log = directory + "/log";
        ASSERT_TRUE(Direct(site_.root()).system->submit(group)) << name;
        EXPECT_TRUE(eventually([&] { return boost::filesystem::exists(directory + "/log"); })) << name;
        EXPECT_TRUE(eventually([&] { return boost::filesystem::file_size(directory + "/log") > 0; })) << name;
    }
    EXPECT_FALSE(site_.in_trial("injected"));
}

TEST_P(SlurmSubmit, a_job_written_file_runs_with_its_own_indexes_and_options) {
    site_.write("trials/" + site_.trial() + "/run_flow.sbatch",
                "#!/bin/sh -e\n#SBATCH --array=10-30:10%2\n#SBATCH --cpus-per-task=3 --job-name=mine # of the user\n"
                "echo $SLURM_ARRAY_TASK_ID $SLURM_ARRAY_TASK_MAX $SLURM_CPUS_PER_TASK $SLURM_JOB_NAME >> told\n");
    GeneratedFile file{site_.trial(), "trials/" + site_.trial() + "/run_flow.sbatch",
                       site_.read_in_trial("run_flow.sbatch")};
    auto fs = PosixFileSystem::open(site_.root()).value();
    auto read = scheduler_->read_generated(*fs, file);
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_TRUE(read->as_it_stands);
    ASSERT_EQ(read->items.size(), 3u);
    JobRequest request = site_.request(task(1), "");
    request.tasks.clear();
    request.generated = file.text;
    for (int number = 1; number <= 3; ++number) {
        const SubmitItem& item = read->items[static_cast<std::size_t>(number - 1)];
        std::string script = "exec " + item.executable;
        for (auto& argument : item.arguments) script += " " + shell_quote(argument);
        request.tasks.push_back(site_.launch(task(number), script));
        request.tasks.back().environment = item.environment;
    }
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    EXPECT_TRUE(eventually([&] { return scheduler_->list().jobs.empty(); }));
    for (int index : {10, 20, 30})
        EXPECT_THAT(site_.read_in_trial("told"), HasSubstr(std::to_string(index) + " 30 3 " + request.token + "\n"));
}

TEST_P(SlurmSubmit, what_it_does_not_know_is_refused_for_good) {
    for (const OptionTable& options : {OptionTable{{"partition", "nosuch"}}, OptionTable{{"constraint", "nosuch"}},
                                       OptionTable{{"some-plugins-own", "1"}}, OptionTable{{"licenses", "nosuch"}}}) {
        Resources resources;
        resources.options = options;
        auto answer = scheduler_->submit({site_.request(a_, "touch ran", resources)})[0];
        ASSERT_FALSE(answer) << options.begin()->first;
        EXPECT_EQ(answer.error().code, Code::invalid) << answer.error().text();
    }
    EXPECT_GT(scheduler_->room({}), 0) << "the cluster is there";
    EXPECT_TRUE(gone(a_));
}

TEST_P(SlurmSubmit, elements_of_an_array_are_cancelled_one_by_one) {
    JobRequest request = site_.request(task(1), "touch up.1; while ! test -e open; do sleep 0.05; done", {});
    for (int number = 2; number <= 40; ++number)
        request.tasks.push_back(site_.launch(task(number), fmt::format("touch up.{}; while ! test -e open; do sleep 0.05; done", number)));
    request.resources.options["throttle"] = "2";
    ASSERT_TRUE(scheduler_->submit({request})[0]);
    ASSERT_TRUE(eventually([&] { return site_.in_trial("up.1") && site_.in_trial("up.2"); }));
    scheduler_->cancel({task(2), task(30), task(35)}, CancelHow::kill);
    EXPECT_TRUE(gone(task(2)) && gone(task(30)) && gone(task(35)));
    EXPECT_EQ(state(task(1)), JobState::running);
    EXPECT_EQ(state(task(29)), JobState::queued) << "a part of a waiting array was meant, not all of it";
    EXPECT_EQ(state(task(36)), JobState::queued);
    EXPECT_FALSE(site_.in_trial("up.30"));
}

TEST_P(SlurmSubmit, a_held_job_tells_so) {
    submit_with(a_, "touch ran", {{"hold", "true"}});
    EXPECT_EQ(state(a_), JobState::held);
    scheduler_->cancel({a_}, CancelHow::terminate);
    EXPECT_TRUE(gone(a_));
    EXPECT_FALSE(site_.in_trial("ran"));
}

}  // namespace
}  // namespace tw::conformance

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
    // Two partitions, of which one's jobs are thrown out for the other's.
    tw::clusters::PrivateCluster cluster(
        "slurm",
        "CONF='PreemptType=preempt/partition_prio\nPreemptMode=CANCEL\n"
        "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=60 State=UP PriorityTier=10\n"
        "PartitionName=scavenge Nodes=ALL MaxTime=INFINITE DefaultTime=60 State=UP PriorityTier=1'");
    if (cluster.status != 0) return cluster.status;
    tw::clusters::slurm = &cluster;
    return RUN_ALL_TESTS();
}
