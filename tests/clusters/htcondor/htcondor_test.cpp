// The HTCondor backend with a real pool: the conformance suite, and what only it promises.
#include <gmock/gmock.h>

#include <map>

#include "batch/htcondor/htcondor.hpp"
#include "clusters/cluster_harness.hpp"
#include "clusters/htcondor/pool.hpp"

namespace tw::clusters {
namespace {

using conformance::JobSite;
using testing::ElementsAre;
using testing::HasSubstr;

Resources whole_pool() {
    Resources resources;
    resources.cpus = CondorPool::slots;
    return resources;
}

std::unique_ptr<conformance::SchedulerHarness> make_harness() {
    return std::make_unique<ClusterHarness>(&make_htcondor, OptionTable{{"slots", "16"}}, whole_pool());
}

}  // namespace
}  // namespace tw::clusters

namespace tw::conformance {
INSTANTIATE_TEST_SUITE_P(Htcondor, SchedulerConformance, testing::Values(&tw::clusters::make_harness),
                         [](const auto&) { return std::string("real_pool"); });
}  // namespace tw::conformance

namespace tw::clusters {
namespace {

// Counts the programs that are run, and runs them.
class CountedCommands final : public Commands {
public:
    Result<CommandResult> run(const Command& command) override {
        ++count[command.argv[0]];
        return commands_.run(command);
    }
    std::map<std::string, int> count;

private:
    PosixCommands commands_;
};

// The batch system itself, without what ClusterScheduler puts around it, in a directory with a difficult name.
struct HtcondorSystemTest : testing::Test {
    support::TempDirectory temporary;
    const std::string root = temporary / "it's \"a\" $HOME $(Process) dir";
    JobSite site{root};
    std::unique_ptr<FileSystem> fs = PosixFileSystem::open(root).value();
    SystemClock clock;
    PosixProcesses processes;
    CountedCommands commands;
    support::SaidLog log;
    SystemSettings settings{{}, {"PATH", "FORWARDED"}, Seconds(30), Seconds(60)};
    std::unique_ptr<BatchSystem> system;
    std::vector<KnownJob> known;

    HtcondorSystemTest() { restart(); }
    ~HtcondorSystemTest() override {
        EXPECT_TRUE(system->cancel(known, CancelHow::kill));
    }
    void restart() {
        BatchPorts ports{*fs, clock, processes, commands, log, JobSite::id()};
        system = make_htcondor(ports, settings).value();
    }
    // Jobs t.1 to t.N that run `script` by a plain shell: what a wrapper does is tested elsewhere.
    JobGroup group(const std::string& token, const std::string& script, std::vector<std::int64_t> indexes = {1}) {
        site.write(token + ".sh", script);
        JobGroup group;
        group.token = token;
        group.indexes = std::move(indexes);
        group.directory = site.directory();
        group.launch = root + "/" + token + ".sh";
        group.log = root + "/" + token + ".log";
        group.grace = Seconds(20);
        return group;
    }
    void submit(const JobGroup& group) {
        auto id = system->submit(group);
        ASSERT_TRUE(id) << id.error().text();
        for (std::int64_t index : group.indexes) known.push_back({{group.token, index}, *id, JobState::queued});
    }
    JobReport report(std::size_t which = 0) {
        auto reports = system->look(known);
        EXPECT_TRUE(reports) << reports.error().text();
        for (auto& report : reports.value_or(std::vector<JobReport>{}))
            if (report.tag == known[which].tag) return report;
        return {};
    }
    bool eventually(const std::function<bool()>& condition, int seconds = 120) {
        auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return true;
    }
    bool runs(std::size_t which = 0) {
        return eventually([&] { return report(which).state == JobState::running; });
    }
    JobEnd end_of(std::size_t which = 0) {
        JobReport last;
        EXPECT_TRUE(eventually([&] {
            last = report(which);
            return last.tag == known[which].tag && !last.state;
        }));
        return last.end;
    }
    std::string condor(const std::string& command) {
        std::string out = temporary / "out";
        EXPECT_EQ(std::system((command + " > " + out + " 2>&1").c_str()), 0) << command;
        std::ifstream file(out);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

TEST_F(HtcondorSystemTest, a_group_is_one_cluster_and_costs_one_call) {
    ::setenv("FORWARDED", "a 'b' \"c\" $d; e", 1);
    ::setenv("SECRET", "not for jobs", 1);
    submit(group("ta", "echo \"$1 $# $FORWARDED|${SECRET-}\" > \"$1.out\"; echo told; exit $1", {1, 3, 200}));
    EXPECT_EQ(end_of(0).status, 1);
    EXPECT_EQ(end_of(1).status, 3);
    EXPECT_EQ(end_of(2).status, 200);
    EXPECT_TRUE(end_of(2).confirmed);
    EXPECT_EQ(site.read_in_trial("200.out"), "200 1 a 'b' \"c\" $d; e|\n");
    EXPECT_EQ(site.read("ta.log"), "told\ntold\ntold\n");
    EXPECT_EQ(commands.count, (std::map<std::string, int>{{"condor_submit", 1}}));
}

TEST_F(HtcondorSystemTest, a_thousand_jobs_are_one_call_and_no_question) {
    std::vector<std::int64_t> indexes(1000);
    for (std::size_t i = 0; i < indexes.size(); ++i) indexes[i] = static_cast<std::int64_t>(i + 1);
    JobGroup many = group("tm", "exit 0", indexes);
    many.resources.options = {{"requirements", "false"}};
    submit(many);
    EXPECT_TRUE(eventually([&] { return system->look(known)->size() == 1000; }));
    ASSERT_TRUE(system->cancel(known, CancelHow::kill));
    for (std::size_t which : {std::size_t{0}, std::size_t{999}}) EXPECT_EQ(end_of(which).cause, EndCause::cancelled);
    EXPECT_EQ(commands.count, (std::map<std::string, int>{{"condor_submit", 1}, {"condor_rm", 1}}));
}

TEST_F(HtcondorSystemTest, the_descriptions_commands_arrive_in_the_job) {
    JobGroup asks = group("to", "sleep 100");
    asks.resources.memory = std::int64_t{300} << 20;
    asks.resources.options = {{"+Project", "\"x y\""}, {"My.Other", "7"}, {"priority", "3"}, {"request_disk", "12345"}};
    submit(asks);
    EXPECT_EQ(condor("condor_q -constraint 'TrialwatchToken == \"to\"' -af Project Other JobPrio RequestMemory RequestDisk "
                     "JobBatchName ShouldTransferFiles KillSig JobMaxVacateTime TrialwatchIndex"),
              "x y 7 3 300 12345 to NO SIGTERM 20 1\n");
}

TEST_F(HtcondorSystemTest, a_watcher_that_starts_knows_all_from_the_log) {
    submit(group("tr", "[ $1 = 2 ] || exit 4; while ! test -e open; do sleep 0.1; done", {1, 2}));
    EXPECT_EQ(end_of(0).status, 4);
    ASSERT_TRUE(runs(1));
    restart();
    EXPECT_EQ(end_of(0).status, 4);
    EXPECT_EQ(report(1).state, JobState::running);
    site.write("trials/" + site.trial() + "/open", "");
    EXPECT_EQ(end_of(1).status, 0);
    EXPECT_EQ(commands.count["condor_q"] + commands.count["condor_history"], 0);
}

TEST_F(HtcondorSystemTest, terminate_tells_the_script_and_waits_for_it) {
    submit(group("tt", "trap 'sleep 1; touch told; exit 9' TERM; touch ready; while :; do sleep 0.1; done"));
    ASSERT_TRUE(runs() && eventually([&] { return site.in_trial("ready"); }));
    ASSERT_TRUE(system->cancel(known, CancelHow::terminate));
    EXPECT_EQ(end_of().cause, EndCause::cancelled);
    EXPECT_TRUE(end_of().confirmed);
    EXPECT_TRUE(site.in_trial("told"));
}

TEST_F(HtcondorSystemTest, kill_does_not_wait_for_a_script_that_will_not_end) {
    submit(group("tk", "trap '' TERM; touch ready; while :; do echo x >> alive; sleep 0.01; done"));
    ASSERT_TRUE(runs() && eventually([&] { return site.in_trial("ready"); }));
    ASSERT_TRUE(system->cancel(known, CancelHow::kill));
    EXPECT_EQ(end_of().cause, EndCause::cancelled);
    EXPECT_TRUE(end_of().confirmed);
    std::string alive = site.read_in_trial("alive");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(site.read_in_trial("alive"), alive);
}

TEST_F(HtcondorSystemTest, time_that_is_over_ends_the_job_and_says_so) {
    JobGroup longer = group("tl", "trap 'touch told; exit 0' TERM; while :; do sleep 0.1; done");
    longer.resources.time = Seconds(1);
    longer.grace = Seconds(15);
    submit(longer);
    JobEnd end = end_of();
    EXPECT_EQ(end.cause, EndCause::time_limit);
    EXPECT_TRUE(end.confirmed);
    EXPECT_THAT(end.detail, HasSubstr("allowed job duration"));
    EXPECT_TRUE(site.in_trial("told"));
}

TEST_F(HtcondorSystemTest, a_directory_that_is_gone_holds_the_job_and_the_node_is_blamed) {
    JobGroup gone = group("th", "exit 0");
    gone.directory = root + "/gone";
    boost::filesystem::create_directory(gone.directory);
    gone.resources.options = {{"requirements", "false"}};
    submit(gone);
    boost::filesystem::remove(gone.directory);
    condor("condor_qedit -constraint 'TrialwatchToken == \"th\"' Requirements true");
    JobEnd end = end_of();
    EXPECT_EQ(end.cause, EndCause::node);
    EXPECT_THAT(end.detail, HasSubstr("Cannot access initial working directory"));
    EXPECT_TRUE(end.confirmed);
}

TEST_F(HtcondorSystemTest, a_rule_may_release_fail_or_wait) {
    settings.options = {{"hold.1", "release 0s 1"}, {"hold.1.7", "fail"}, {"hold.1.8", "wait"}};
    restart();
    JobGroup idle = group("tp", "touch \"ran.$1\"", {1, 2, 3});
    idle.resources.options = {{"requirements", "TARGET.Cpus > 100000"}};
    submit(idle);
    condor("condor_hold -constraint 'TrialwatchIndex == 1' && condor_hold -subcode 7 -reason 'for good' -constraint "
           "'TrialwatchIndex == 2' && condor_hold -subcode 8 -constraint 'TrialwatchIndex == 3'");
    EXPECT_EQ(end_of(1).cause, EndCause::held);
    EXPECT_THAT(end_of(1).detail, HasSubstr("for good"));
    EXPECT_TRUE(eventually([&] { return report(0).state == JobState::queued; }));
    EXPECT_EQ(report(2).state, JobState::held);
    EXPECT_EQ(commands.count["condor_release"], 1);
}

TEST_F(HtcondorSystemTest, an_advisor_decides_about_a_held_job) {
    settings.options = {{"hold_advisor", "./advise"}};
    site.write("advise", "#!/bin/sh\ncat > question.json\necho remove\n");
    boost::filesystem::permissions(root + "/advise", boost::filesystem::owner_all);
    restart();
    JobGroup idle = group("tv", "exit 0");
    idle.resources.options = {{"requirements", "false"}};
    submit(idle);
    condor("condor_hold -reason 'for a reason' -constraint 'TrialwatchToken == \"tv\"'");
    EXPECT_EQ(end_of().cause, EndCause::held);
    EXPECT_THAT(site.read("question.json"), HasSubstr("\"reason\":\"for a reason (by user"));
}

TEST_F(HtcondorSystemTest, an_evicted_job_ends_as_preempted_and_is_not_started_again) {
    submit(group("te", "mkdir claimed || exit 0; echo 1 >> ran; while :; do sleep 0.1; done"));
    ASSERT_TRUE(runs() && eventually([&] { return site.in_trial("ran"); }));
    condor("condor_vacate_job -fast -constraint 'TrialwatchToken == \"te\"'");
    JobEnd end = end_of();
    EXPECT_EQ(end.cause, EndCause::preempted);
    EXPECT_EQ(site.read_in_trial("ran"), "1\n");
}

// What is left of killed daemons may hold a slot for minutes: in a pool of its own no other test waits for it.
struct OwnPool {
    CondorPool pool{SCRIPTS};
};
struct HtcondorFaultTest : OwnPool, HtcondorSystemTest {};

TEST_F(HtcondorFaultTest, a_killed_shadow_makes_a_second_start_which_is_noticed) {
    submit(group("ts", "echo x >> starts; [ \"$(wc -l < starts)\" = 1 ] || exit 0; trap '' TERM; touch ready; while ! test -e open; do sleep 0.1; done; touch first_ended"));
    ASSERT_TRUE(runs() && eventually([&] { return site.in_trial("ready"); }));
    pool.signal("condor_shadow", SIGKILL);
    JobEnd end = end_of();
    EXPECT_EQ(end.cause, EndCause::node);
    EXPECT_FALSE(end.confirmed) << "the first start may still write";
    EXPECT_EQ(site.read_in_trial("starts"), "x\nx\n");
    site.write("trials/" + site.trial() + "/open", "");
    EXPECT_TRUE(eventually([&] { return site.in_trial("first_ended"); })) << "or it would never miss the file";
}

TEST_F(HtcondorFaultTest, a_schedd_that_is_away_loses_nothing) {
    submit(group("td", "echo 1 >> ran; while ! test -e open; do sleep 0.1; done"));
    ASSERT_TRUE(runs());
    pool.stop_schedd();
    ASSERT_TRUE(eventually([&] { return pool.daemons("condor_schedd").empty(); }));
    auto refused = system->submit(group("tu", "exit 0"));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(may_pass(refused.error())) << refused.error().text();
    auto not_cancelled = system->cancel(known, CancelHow::terminate);
    ASSERT_FALSE(not_cancelled);
    EXPECT_TRUE(may_pass(not_cancelled.error())) << not_cancelled.error().text();
    EXPECT_EQ(report().state, JobState::running);
    EXPECT_FALSE(system->look({{{"tu", 1}, "", JobState::queued}})) << "nobody knows";
    pool.start_schedd();
    site.write("trials/" + site.trial() + "/open", "");
    JobEnd end = end_of();
    EXPECT_EQ(end.cause, EndCause::exited);
    EXPECT_EQ(site.read_in_trial("ran"), "1\n");
}

TEST_F(HtcondorSystemTest, without_a_log_the_queue_is_asked) {
    settings.poll = Seconds(1);
    restart();
    boost::filesystem::create_directories(root + "/.trialwatch/htcondor/events.log");  // a directory is in its place
    submit(group("tn", "while ! test -e open; do sleep 0.1; done; exit 6"));
    EXPECT_TRUE(runs());
    EXPECT_GE(commands.count["condor_q"], 1);
    EXPECT_GE(log.count("condor_q is asked"), 1);
    site.write("trials/" + site.trial() + "/open", "");
    std::vector<JobReport> ends;
    EXPECT_TRUE(eventually([&] {
        auto reports = system->look(known);
        if (!reports || !reports->empty()) return false;
        auto recalled = system->recall(known);
        if (recalled) ends = *recalled;
        return !ends.empty();
    }));
    ASSERT_EQ(ends.size(), 1u);
    EXPECT_EQ(ends[0].end.status, 6);
}

TEST_F(HtcondorSystemTest, a_throttled_cluster_makes_its_jobs_one_after_another_and_is_cancelled_as_a_whole) {
    JobGroup throttled = group("tf", "while ! test -e open; do sleep 0.1; done; while [ $1 = 3 ]; do sleep 0.1; done; echo $1 >> ran", {1, 2, 3, 4});
    throttled.resources.options = {{"throttle", "1"}};
    submit(throttled);
    ASSERT_TRUE(runs(0));
    for (std::size_t which : {1, 2, 3}) EXPECT_EQ(report(which).state, JobState::queued);
    ASSERT_TRUE(system->cancel({known[2]}, CancelHow::terminate));
    site.write("trials/" + site.trial() + "/open", "");
    EXPECT_EQ(end_of(0).cause, EndCause::exited);
    EXPECT_EQ(end_of(2).cause, EndCause::cancelled);
    EXPECT_EQ(end_of(3).cause, EndCause::exited);
    EXPECT_EQ(site.read_in_trial("ran"), "1\n2\n4\n");
}

TEST_F(HtcondorSystemTest, a_file_that_a_job_wrote_is_expanded_and_handed_over_as_it_stands) {
    site.write("trials/" + site.trial() + "/run flow.sh", "#!/bin/sh\n");
    boost::filesystem::permissions(site.directory() + "/run flow.sh", boost::filesystem::owner_all);
    for (const char* name : {"1.json", "2 x.json", "3.json"}) site.write("trials/" + site.trial() + "/" + name, "{}");
    const std::string text =
        "executable = run flow.sh\narguments = \"--case '$(case)' say\"\"hi\"\"\"\nenvironment = \"A=1 B='x y'\"\ngetenv = SECRET\n"
        "output = out/$(case)\nlog = own.log\nmax_retries = 3\npriority = 5\n+Project = \"p\"\nqueue case matching files *.json\n";
    ::setenv("SECRET", "x", 1);
    auto read = system->read_generated({site.trial(), "run_flow.cmd", text});
    ASSERT_TRUE(read.has_value());
    ASSERT_TRUE(*read) << (*read).error().text();
    ASSERT_EQ((*read)->items.size(), 3u);
    EXPECT_TRUE((*read)->as_it_stands);
    const SubmitItem& second = (*read)->items[1];
    EXPECT_EQ(second.executable, site.directory() + "/run flow.sh");
    EXPECT_THAT(second.arguments, ElementsAre("--case", "2 x.json", "say\"hi\""));
    EXPECT_THAT(second.environment, ElementsAre("A=1", "B=x y")) << "not what getenv would bring";
    EXPECT_EQ(second.output, "out/2 x.json");
    EXPECT_EQ(second.directory, "");
    EXPECT_EQ(second.input_name, "2 x.json");

    JobGroup some = group("tg", "echo \"$1 $A $B\" >> ran; exit 1", {1, 3});
    some.generated = text;
    some.resources.options = {{"priority", "9"}};
    submit(some);
    EXPECT_EQ(end_of(0).status, 1);
    EXPECT_EQ(end_of(1).status, 1);
    EXPECT_THAT(site.read_in_trial("ran"), testing::AnyOf("1 1 x y\n3 1 x y\n", "3 1 x y\n1 1 x y\n")) << "once each, and not 2";
    EXPECT_THAT(site.read_in_trial("own.log"), HasSubstr("Job terminated")) << "the user's log";
    EXPECT_EQ(condor("condor_history -constraint 'TrialwatchToken == \"tg\" && ProcId == 0' -af JobPrio Project TrialwatchIndex"),
              "5 p 1\n");
}

TEST_F(HtcondorSystemTest, mistakes_in_a_written_file_are_told) {
    auto error = [&](const std::string& text) {
        auto read = system->read_generated({site.trial(), "run_flow.cmd", text});
        EXPECT_FALSE(*read) << text;
        return *read ? Error{} : (*read).error();
    };
    EXPECT_THAT(error("executable = /bin/true\n").what, HasSubstr("no queue statement"));
    EXPECT_EQ(error("executable = /bin/true\nfoo bar\nqueue\n").line, 2);
    EXPECT_EQ(error("executable = /bin/true\nfoo bar\nqueue\n").code, Code::invalid);
    EXPECT_THAT(error("executable = nosuch.sh\nqueue\n").what, HasSubstr("nosuch.sh does not exist"));
    EXPECT_THAT(error("executable = /bin/true\nshould_transfer_files = YES\nqueue\n").what, HasSubstr("file transfer"));
    EXPECT_THAT(error("executable = /bin/true\ntransfer_input_files = a\nqueue\n").what, HasSubstr("file transfer"));
}

TEST_F(HtcondorSystemTest, what_the_submit_language_refuses_is_useless_to_try_again) {
    JobGroup wrong = group("tw", "exit 0");
    wrong.resources.options = {{"request_cpus", "x y"}};
    auto refused = system->submit(wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid) << refused.error().text();
}

// What the pool knows when a test fails: afterwards it is gone.
class PoolTeller : public testing::EmptyTestEventListener {
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (result.failed())
            (void)std::system(
                "condor_status -af Name State Activity JobId; condor_q -allusers -nobatch;"
                " cd \"$(condor_config_val LOG)\" && tail -n 15 NegotiatorLog && tail -n 300 StartLog &&"
                " grep -vi 'negotiat\\|rrl' SchedLog | tail -n 300");
    }
};

}  // namespace
}  // namespace tw::clusters

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
    tw::clusters::CondorPool pool(SCRIPTS);
    testing::UnitTest::GetInstance()->listeners().Append(new tw::clusters::PoolTeller);
    return RUN_ALL_TESTS();
}
