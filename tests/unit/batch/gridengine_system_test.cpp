#include <gmock/gmock.h>

#include "base/text.hpp"
#include "batch/cluster/task_ranges.hpp"
#include "batch/gridengine/batch_script.hpp"
#include "batch/gridengine/gridengine.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::gridengine {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string away =
    "error: commlib error: got select error (Connection refused)\nerror: unable to send message to qmaster "
    "using port 16204 "
    "on host \"vm\": got send error\n";

std::string job(const std::string& number, const std::string& name, const std::string& state,
                const std::string& tasks = "") {
    return "<job_list><JB_job_number>" + number + "</JB_job_number><JB_name>" + name + "</JB_name><state>" +
           state + "</state><queue_name>" + (state.find('w') == state.npos ? "all.q@vm" : "") +
           "</queue_name>" + (tasks.empty() ? "" : "<tasks>" + tasks + "</tasks>") + "</job_list>";
}
std::string qstat_xml(const std::string& jobs) {
    return "<?xml version='1.0'?><job_info><queue_info>" + jobs +
           "</queue_info><job_info></job_info></job_info>";
}
KnownJob known(const std::string& token, std::int64_t index = 0, const std::string& id = "") {
    return {{token, index}, id, JobState::running};
}

struct GridEngineTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    SystemSettings settings;
    std::map<std::string, CommandResult> answers;  // by program
    std::unique_ptr<BatchSystem> system;

    GridEngineTest() {
        processes.variables = {"PATH=/usr/bin", "HOME=/home/ann", "SGE_ROOT=/opt/sge", "API_KEY=secret",
                               "MODE=a,b\nc"};
        answers["qsub"] = {0, "12\n", ""};
        commands.answer = [this](const Command& command) -> Result<CommandResult> {
            auto answer = answers.find(command.argv[0]);
            return answer == answers.end() ? CommandResult{} : answer->second;
        };
    }
    BatchSystem& make() {
        BatchPorts ports{fs, clock, processes, commands, log, "0123456789abcdef"};
        auto made = make_gridengine(ports, settings);
        EXPECT_TRUE(made);
        system = std::move(*made);
        commands.ran.clear();
        return *system;
    }
    JobGroup group(std::vector<std::int64_t> indexes = {0}) {
        JobGroup group;
        group.token = "tabc";
        group.indexes = std::move(indexes);
        group.directory = "/x/trials/1";
        group.launch = "/x/jobs/it's $(here).sh";
        group.log = "/x/jobs/tabc.1.log";
        return group;
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const Command& command : commands.ran) lines.push_back(join(command.argv, " "));
        return lines;
    }
};

TEST_F(GridEngineTest, a_job_is_one_call_that_names_the_token) {
    EXPECT_EQ(make().submit(group()).value(), "12");
    EXPECT_THAT(
        lines(),
        ElementsAre(
            "qsub -C  -terse -r n -notify -S /bin/sh -j y -N tabc -o :/x/jobs/tabc.1.log -wd /x/trials/1"));
    EXPECT_THAT(commands.ran[0].input, HasSubstr("exec /bin/sh '/x/jobs/it'\\''s $(here).sh' \"$tw_index\""));
}

TEST_F(GridEngineTest, an_array_is_one_call_and_each_gap_is_one_more) {
    make();
    ASSERT_TRUE(system->submit(group({1, 2, 3})));
    ASSERT_TRUE(system->submit(group({1, 2, 3, 7, 9, 11, 13, 40})));
    EXPECT_THAT(lines(), ElementsAre(EndsWith("-t 1-3"), EndsWith("-t 1-3"), EndsWith("-t 7-13:2"),
                                     EndsWith("-t 40")));
}

TEST_F(GridEngineTest, ranges_hold_the_indexes_and_nothing_else) {
    for (auto indexes : std::vector<std::vector<std::int64_t>>{
             {1}, {5}, {1, 3}, {1, 3, 5}, {1, 2, 4, 5, 7}, {2, 4, 6, 7, 8, 100}, {0}}) {
        std::vector<std::int64_t> covered;
        for (const TaskRange& range : ranges_of(indexes))
            for (auto index = range.first; index <= range.last; index += range.step) covered.push_back(index);
        EXPECT_EQ(covered, indexes);
    }
}

TEST_F(GridEngineTest, resources_and_options_are_asked_for) {
    settings.options = {
        {"pe", "smp"}, {"memory_resource", "h_vmem"}, {"gpu_resource", "gpu"}, {"q", "long.q"}, {"tc", "50"}};
    JobGroup wanted = group({1, 2});
    wanted.resources.cpus = 4;
    wanted.resources.gpus = 1;
    wanted.resources.memory = 4096;
    wanted.resources.time = Seconds(3600);
    wanted.resources.options = {{"q", "gpu.q"}, {"P", "proj"}};
    wanted.avoid = {"node1", "node2.example", "-bad)|x"};
    ASSERT_TRUE(make().submit(wanted));
    EXPECT_THAT(lines()[0],
                HasSubstr("qsub -P proj -q gpu.q -tc 50 -pe smp 4 -l h_rt=3600 -l h_vmem=1024 -l gpu=1 "
                          "-l hostname=!(node1|node2.example) -C "));
}

TEST_F(GridEngineTest, what_cannot_be_asked_for_is_impossible) {
    Resources two;
    two.cpus = 2;
    auto possible = make().possible(two);
    ASSERT_FALSE(possible);
    EXPECT_THAT(possible.error().hint, HasSubstr("pe"));
    Resources gpu;
    gpu.gpus = 1;
    EXPECT_FALSE(system->possible(gpu));
    EXPECT_TRUE(system->possible({}));
    settings.options = {{"pe", "smp"}};
    answers["qstat"] = {
        0, "<job_info><cluster_queue_summary><total>8</total></cluster_queue_summary></job_info>", ""};
    EXPECT_TRUE(make().possible(two));
    EXPECT_EQ(system->slots(), 8);
    two.cpus = 9;
    EXPECT_FALSE(system->possible(two));
}

TEST_F(GridEngineTest, is_made_while_the_qmaster_is_away) {
    answers["qstat"] = {1, "", away};
    EXPECT_GT(make().slots(), 0);
    EXPECT_TRUE(system->possible({}));
}

TEST_F(GridEngineTest, variables_go_by_name_and_only_those_that_are_there) {
    settings.forward = {"MODE", "MISSING"};
    ASSERT_TRUE(make().submit(group()));
    EXPECT_THAT(lines()[0], EndsWith(" -v MODE"));
    EXPECT_THAT(commands.ran[0].environment, AllOf(Contains("MODE=a,b\nc"), Contains("SGE_ROOT=/opt/sge"),
                                                   Not(Contains("API_KEY=secret"))));
    EXPECT_THAT(commands.ran[0].input, Not(HasSubstr("secret")));
}

TEST_F(GridEngineTest, logs_that_cannot_be_named_are_done_without) {
    JobGroup odd = group();
    odd.log = "/data/$HOME,x/log";
    ASSERT_TRUE(make().submit(odd));
    EXPECT_THAT(lines()[0], HasSubstr("-o /dev/null "));
}

TEST_F(GridEngineTest, refusals_are_told_apart) {
    answers["qsub"] = {1, "", "Unable to run job: unknown resource \"nosuch\"\nExiting.\n"};
    EXPECT_EQ(make().submit(group()).error().code, Code::invalid);
    answers["qsub"] = {25, "",
                       "Unable to run job: job rejected: Only 3 jobs are allowed per user\nExiting.\n"};
    EXPECT_EQ(system->submit(group()).error().code, Code::busy);
    answers["qsub"] = {1, "", away};
    EXPECT_TRUE(may_pass(system->submit(group()).error()));
    answers["qsub"] = {0, "", ""};
    EXPECT_EQ(system->submit(group()).error().code, Code::io);
}

TEST_F(GridEngineTest, a_look_is_one_call_whatever_is_there) {
    answers["qstat"] = {0, qstat_xml(job("7", "tabc", "r", "2") + job("7", "tabc", "qw", "3-2000:1")), ""};
    auto reports = make().look({known("tabc", 2)});
    ASSERT_TRUE(reports);
    EXPECT_THAT(*reports, SizeIs(1999));
    EXPECT_THAT(lines(), ElementsAre("qstat -xml -s prs -u " + processes.self().user));
    EXPECT_EQ(reports->front().host, "vm");
}

TEST_F(GridEngineTest, a_look_without_an_answer_is_an_error) {
    answers["qstat"] = {1, "", away};
    EXPECT_EQ(make().look({}).error().code, Code::io);
    answers["qstat"] = {0, "", ""};
    EXPECT_EQ(system->look({}).error().code, Code::io);
    commands.answer = [](const Command&) { return fail(Code::io, "killed after 30 s"); };
    EXPECT_EQ(system->look({}).error().code, Code::io);
}

struct GridEngineErrorState : GridEngineTest {
    GridEngineErrorState() {
        commands.answer = [this](const Command& command) -> Result<CommandResult> {
            if (command.argv[0] == "qstat" && command.argv[1] == "-j")
                return CommandResult{0,
                                     "job_number:    12\nerror reason    1:      11/25/2026 16:18:41 "
                                     "[0:9715]: error: can't chdir to /x\n",
                                     ""};
            if (command.argv[0] == "qstat")
                return CommandResult{0, qstat_xml(job("12", "tabc", "Eqw") + job("13", "tother", "Eqw")), ""};
            return CommandResult{deleting, "", deleting == 0 ? "" : away};
        };
    }
    int deleting = 0;
};

TEST_F(GridEngineErrorState, is_an_end_with_the_reason_for_our_jobs_alone) {
    auto reports = make().look({known("tabc")});
    ASSERT_TRUE(reports);
    ASSERT_THAT(*reports, SizeIs(2));
    EXPECT_FALSE((*reports)[0].state);
    EXPECT_EQ((*reports)[0].end.cause, EndCause::held);
    EXPECT_TRUE((*reports)[0].end.confirmed);
    EXPECT_THAT((*reports)[0].end.detail, HasSubstr("can't chdir to /x"));
    EXPECT_EQ((*reports)[1].state, JobState::held);
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("qstat -xml"), "qstat -j 12", "qdel 12"));
}

TEST_F(GridEngineErrorState, stays_held_where_the_job_cannot_be_removed) {
    deleting = 1;
    auto reports = make().look({known("tabc")});
    ASSERT_TRUE(reports);
    EXPECT_EQ((*reports)[0].state, JobState::held);
}

TEST_F(GridEngineErrorState, is_cleared_as_often_as_was_asked_for) {
    settings.options["error_state"] = "clear:2";
    make();
    for (int look = 1; look <= 2; ++look) {
        auto reports = system->look({known("tabc")});
        EXPECT_EQ((*reports)[0].state, JobState::held);
        EXPECT_THAT((*reports)[0].detail, HasSubstr("cleared, " + std::to_string(look) + " of 2 times"));
    }
    EXPECT_FALSE((*system->look({known("tabc")}))[0].state);
    EXPECT_THAT(lines(), AllOf(Contains("qmod -cj 12"), Contains("qdel 12")));
}

TEST_F(GridEngineTest, cancels_by_name_whatever_the_number_is) {
    answers["qstat"] = {
        0, qstat_xml(job("99", "tabc", "r") + job("12", "tother", "r") + job("30", "tarr", "qw", "1-4:1,6")),
        ""};
    ASSERT_TRUE(make().cancel(
        {known("tabc", 0, "12"), known("tarr", 1), known("tarr", 2), known("tarr", 6), known("tgone")},
        CancelHow::terminate));
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("qstat -xml"), "qdel 30.1-2 30.6 99"));
}

TEST_F(GridEngineTest, kills_by_suspending_and_deleting) {
    answers["qstat"] = {0, qstat_xml(job("99", "tabc", "r") + job("30", "tarr", "qw", "1-4:1")), ""};
    ASSERT_TRUE(make().cancel({known("tabc"), known("tarr", 1)}, CancelHow::kill));
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("qstat -xml"), "qmod -sj 99", "qdel 30.1 99"));
}

TEST_F(GridEngineTest, forces_only_what_is_on_a_host_that_does_not_answer) {
    const std::string silent =
        "<job_info><queue_info><Queue-List><name>all.q@vm</name><state>u</state></Queue-List></queue_info></"
        "job_info>";
    std::string unknown_hosts = silent;
    commands.answer = [&](const Command& command) -> Result<CommandResult> {
        if (command.argv[1] == "-f" && command.argv[0] == "qstat") return CommandResult{0, unknown_hosts, ""};
        if (command.argv[0] == "qstat") return CommandResult{0, qstat_xml(job("99", "tabc", "dr")), ""};
        return CommandResult{};
    };
    ASSERT_TRUE(make().cancel({known("tabc")}, CancelHow::kill));
    EXPECT_THAT(lines(), Contains("qdel -f 99"));
    unknown_hosts = "<job_info><queue_info></queue_info></job_info>";
    ASSERT_TRUE(make().cancel({known("tabc")}, CancelHow::kill));
    EXPECT_THAT(lines(), Not(Contains("qdel -f 99")));
    ASSERT_TRUE(make().cancel({known("tabc")}, CancelHow::terminate));
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("qstat -xml")));
}

TEST_F(GridEngineTest, a_cancel_that_was_not_taken_is_an_error) {
    answers["qstat"] = {0, qstat_xml(job("99", "tabc", "r")), ""};
    answers["qdel"] = {1, "", away};
    EXPECT_EQ(make().cancel({known("tabc")}, CancelHow::terminate).error().code, Code::io);
    answers["qdel"] = {1, "denied: job \"99\" does not exist\n", ""};
    EXPECT_TRUE(system->cancel({known("tabc")}, CancelHow::terminate)) << "it has ended meanwhile";
    answers["qdel"] = {1,
                       "ann has registered the job 98 for deletion\nann - you do not have the necessary "
                       "privileges to delete the job \"99\"\n",
                       ""};
    EXPECT_THAT(system->cancel({known("tabc")}, CancelHow::terminate).error().what, HasSubstr("privileges"));
    answers["qstat"] = {1, "", away};
    EXPECT_FALSE(system->cancel({known("tabc")}, CancelHow::terminate));
}

std::string record(const std::string& name, const std::string& number, const std::string& task,
                   const std::string& failed) {
    return "==============================================================\njobname      " + name +
           "\njobnumber    " + number + "\ntaskid       " + task + "\nfailed       " + failed +
           "\nexit_status  0\nru_wallclock 3s\ncategory     NONE\n";
}

TEST_F(GridEngineTest, recalls_by_name_in_one_call) {
    answers["qacct"] = {0,
                        record("tabd", "7", "undefined", "0") +
                            record("tabc", "8", "2", "100 : assumedly after job") +
                            record("tabe", "9", "undefined", "0"),
                        ""};
    auto reports = make().recall({known("tabc", 2), known("tabd"), known("tabx")});
    ASSERT_TRUE(reports);
    ASSERT_THAT(*reports, SizeIs(2));
    EXPECT_EQ((*reports)[0].end.cause, EndCause::cancelled);
    EXPECT_EQ((*reports)[1].end.cause, EndCause::exited);
    ASSERT_TRUE(system->recall({known("tabc", 2), known("tabc", 3)}));
    const std::string qacct = "qacct -o " + processes.self().user + " -j ";
    EXPECT_THAT(lines(), ElementsAre(qacct + "tab*", qacct + "tabc"));
}

TEST_F(GridEngineTest, of_two_jobs_with_one_tag_the_one_that_was_looked_at_is_recalled) {
    answers["qacct"] = {
        0,
        record("tabc", "7", "undefined", "100 : assumedly after job") + record("tabc", "8", "undefined", "0"),
        ""};
    EXPECT_EQ((*make().recall({known("tabc", 0, "7")}))[0].id, "7");
    EXPECT_EQ((*system->recall({known("tabc")}))[0].id, "8");
}

TEST_F(GridEngineTest, nothing_is_recalled_of_what_the_accounting_does_not_know_yet) {
    answers["qacct"] = {1, "", "error: job name tabc not found\n"};
    auto reports = make().recall({known("tabc")});
    ASSERT_TRUE(reports);
    EXPECT_THAT(*reports, IsEmpty());
    answers["qacct"] = {1, "", "/x/default/common/accounting: No such file or directory\n"};
    EXPECT_FALSE(system->recall({known("tabc")}));
}

TEST(GridEngineScript, quotes_the_path_and_rounds_the_grace_up) {
    std::string script = batch_script("/a b/$(x)'.sh", Seconds(0.2));
    EXPECT_THAT(script, HasSubstr("exec /bin/sh '/a b/$(x)'\\''.sh' \"$tw_index\""));
    EXPECT_THAT(script, HasSubstr("sleep 1;"));
    EXPECT_THAT(batch_script("/x", Seconds(29.5)), HasSubstr("sleep 30;"));
}

}  // namespace
}  // namespace tw::gridengine
