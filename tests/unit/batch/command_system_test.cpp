// What the profiles say and read. The texts are after the manuals that profiles.cpp names.
#include <gmock/gmock.h>

#include "base/text.hpp"
#include "batch/command/command.hpp"
#include "batch/command/profiles.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::command {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct CommandSystem : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    SystemSettings settings;
    std::map<std::string, CommandResult> answers;  // by program
    std::unique_ptr<BatchSystem> system;

    CommandSystem() {
        processes.variables = {"PATH=/usr/bin", "MODE=x", "API_KEY=secret"};
        commands.answer = [this](const Command& command) -> Result<CommandResult> {
            auto answer = answers.find(command.argv[0]);
            return answer == answers.end() ? CommandResult{} : answer->second;
        };
    }
    BatchSystem& make(const std::string& profile, OptionTable more = {}) {
        settings.options = std::move(more);
        settings.options["profile"] = profile;
        BatchPorts ports{fs, clock, processes, commands, log, "0123456789abcdef"};
        auto made = make_command(ports, settings);
        EXPECT_TRUE(made) << made.error().text();
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
        group.log = "/x/jobs/tabc.log";
        group.resources.time = Seconds(3661);
        return group;
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        for (const Command& command : commands.ran) lines.push_back(join(command.argv, " "));
        return lines;
    }
    std::vector<std::string> seen(const std::string& program, const std::string& text,
                                  std::vector<KnownJob> known) {
        answers[program] = {0, text, ""};
        auto reports = system->look(known);
        EXPECT_TRUE(reports) << reports.error().text();
        std::vector<std::string> seen;
        if (reports)
            for (const JobReport& report : *reports)
                seen.push_back(
                    report.tag.token + "." + std::to_string(report.tag.index) + " " + report.id + " " +
                    (report.state ? std::string(1, "QRH"[static_cast<int>(*report.state)]) : "ended"));
        return seen;
    }
    static KnownJob known(const std::string& token, std::int64_t index = 0) {
        return {{token, index}, "", JobState::running};
    }
};

const std::string pbs_head =
    "Job id            Name             User              Time Use S Queue\n"
    "----------------  ---------------- ----------------  -------- - -----\n";

TEST_F(CommandSystem, pbs_is_asked_for_what_the_stage_asks_for) {
    answers["qsub"] = {0, "12[].pbs\n", ""};
    settings.forward = {"MODE", "MISSING"};
    JobGroup wanted = group({1, 2, 3, 7});
    wanted.resources.cpus = 4;
    wanted.resources.gpus = 1;
    wanted.resources.memory = (std::int64_t{2} << 30) + 1;
    wanted.resources.options = {{"queue", "gpu"}, {"args", "-l place=excl"}};
    EXPECT_EQ(make("pbs", {{"account", "proj"}}).submit(wanted).value(), "12[],12[]");
    const std::string head =
        "qsub -N tabc -r n -j oe -o /x/jobs/tabc.log -q gpu -A proj -v MODE -l walltime=01:01:01 "
        "-l select=1:ncpus=4:ngpus=1:mem=2049mb -J ";
    EXPECT_THAT(lines(), ElementsAre(head + "1-3:1 -l place=excl", head + "7-8:2 -l place=excl"));
    EXPECT_THAT(commands.ran[0].environment, AllOf(Contains("MODE=x"), Not(Contains("API_KEY=secret"))));
    EXPECT_THAT(commands.ran[0].input, HasSubstr("case ${PBS_ARRAY_INDEX-} in"));
    EXPECT_THAT(commands.ran[0].input,
                EndsWith("exec /bin/sh '/x/jobs/it'\\''s $(here).sh' \"$tw_index\"\n"));
}

TEST_F(CommandSystem, a_single_job_has_no_array_and_no_index_of_somebody_else) {
    answers["qsub"] = {0, "12.pbs\n", ""};
    ASSERT_TRUE(make("pbs").submit(group()));
    EXPECT_THAT(lines()[0], AllOf(Not(HasSubstr("-J")), Not(HasSubstr("-q")), Not(HasSubstr("-v"))));
    EXPECT_THAT(commands.ran[0].input, Not(HasSubstr("PBS_ARRAY_INDEX")));
}

TEST_F(CommandSystem, pbs_is_read) {
    make("pbs");
    EXPECT_THAT(
        seen("qstat",
             pbs_head + "12[].pbs          tabc             ann                      0 B workq           \n"
                        "12[1].pbs         tabc             ann               00:00:00 R workq           \n"
                        "12[2].pbs         tabc             ann                      0 Q workq           \n"
                        "12[3].pbs         tabc             ann               00:00:10 X workq           \n"
                        "14.pbs            tother           ann                      0 H workq           \n"
                        "15.pbs            somebodys-job    bob                      0 R workq           \n"
                        "1234567[1000].pb* tbig             ann                      0 Q workq           \n",
             {known("tabc", 1), known("tother"), known("tbig", 1000)}),
        ElementsAre("tabc.1 12[1] R", "tabc.2 12[2] Q", "tabc.3 12[3] ended", "tother.0 14 H",
                    "tbig.1000 1234567[1000] Q"));
    EXPECT_THAT(seen("qstat", "", {known("tabc")}), IsEmpty());
}

TEST_F(CommandSystem, torque_names_tasks_by_their_index) {
    answers["qsub"] = {0, "12[].torque\n", ""};
    ASSERT_TRUE(make("torque").submit(group({1, 2, 5})));
    EXPECT_THAT(lines()[0], EndsWith("-t 1-2,5"));
    EXPECT_THAT(seen("qstat",
                     "Job ID                    Name             User            Time Use S Queue\n"
                     "------------------------- ---------------- --------------- -------- - -----\n"
                     "12[1].torque              tabc-1           ann                    0 R batch\n"
                     "12[2].torque              tabc-2           ann             00:00:01 C batch\n",
                     {known("tabc", 1)}),
                ElementsAre("tabc.1 12[1] R", "tabc.2 12[2] ended"));
}

TEST_F(CommandSystem, lsf_is_asked_and_read) {
    answers["bsub"] = {0, "Job <101> is submitted to default queue <normal>.\n", ""};
    EXPECT_EQ(make("lsf").submit(group({1, 2, 3, 7})).value(), "101");
    EXPECT_THAT(lines()[0],
                HasSubstr("bsub -J tabc[1-3,7] -rn -o /x/jobs/tabc.log -W 62 -n 1 -R span[ptile=1]"));
    EXPECT_THAT(
        seen(
            "bjobs",
            "101;1;tabc[1];RUN;hosta\n101;2;tabc[2];PEND;-\n102;0;tother;PSUSP;-\n103;0;my;odd [job];RUN;h\n",
            {known("tabc", 1), known("tother")}),
        ElementsAre("tabc.1 101[1] R", "tabc.2 101[2] Q", "tother.0 102 H"));
    answers["bjobs"] = {255, "", "No job found\n"};
    EXPECT_THAT(system->look({known("tabc", 1)}).value(), IsEmpty());
}

TEST_F(CommandSystem, flux_has_no_arrays_and_asks_for_all_jobs) {
    answers["flux"] = {0, "\u0192f3vVx1\n", ""};
    EXPECT_EQ(make("flux").largest_array(), 1);
    ASSERT_TRUE(system->submit(group({1})));
    EXPECT_THAT(lines()[0], EndsWith("-n1 -c1 -t62m /bin/sh /x/jobs/it's $(here).sh 1"));
    EXPECT_THAT(seen("flux", "57831456;tabc;RUN;node1\n57831457;tother;SCHED;\n",
                     {known("tabc", 1), known("tother")}),
                ElementsAre("tabc.1 57831456 R", "tother.0 57831457 Q"));
    EXPECT_EQ(lines().back(), "flux jobs -n -c 1000000 -o {id.dec};{name};{state};{nodelist}");
}

TEST_F(CommandSystem, an_answer_that_is_not_whole_or_looks_odd_is_an_error) {
    make("pbs");
    for (const CommandResult& answer :
         std::initializer_list<CommandResult>{{1, "", "qstat: cannot connect to server pbs (errno=111)\n"},
                                              {0, pbs_head + "12[1].pbs         tabc             an", ""},
                                              {0, "<html>gateway</html>\n", ""}}) {
        answers["qstat"] = answer;
        auto reports = system->look({known("tabc", 1)});
        ASSERT_FALSE(reports) << answer.output;
        EXPECT_EQ(reports.error().code, Code::io);
    }
}

TEST_F(CommandSystem, an_end_without_a_status_does_not_say_whose_fault_it_was) {
    make("lsf");
    answers["bjobs"] = {0, "101;1;tabc[1];EXIT;hosta\n", ""};
    EXPECT_EQ(system->look({known("tabc", 1)}).value()[0].end.cause, EndCause::unknown);
    make("lsf", {{"line", R"(^(?<id>\d+);(?<index>\d+);(?<name>\w+);(?<state>[A-Z]+);(?<status>\d+)$)"}});
    answers["bjobs"] = {0, "101;1;tabc;EXIT;7\n", ""};
    JobEnd end = system->look({known("tabc", 1)}).value()[0].end;
    EXPECT_EQ(end.cause, EndCause::exited);
    EXPECT_EQ(end.status, 7);
}

TEST_F(CommandSystem, a_long_list_of_hosts_is_cut_and_a_job_beside_the_word_for_none_is_there) {
    make("lsf");
    std::string hosts;
    for (int i = 0; i < 1000; ++i) hosts += "host" + std::to_string(i) + ":";
    EXPECT_THAT(seen("bjobs", "101;1;tabc[1];RUN;" + hosts + "\n", {known("tabc", 1)}),
                ElementsAre("tabc.1 101[1] R"));
    answers["bjobs"] = {0, "101;1;tabc[1];RUN;hosta\n", "No matching job found in queue short\n"};
    EXPECT_EQ(system->look({known("tabc", 1)}).value().size(), 1u);
}

TEST_F(CommandSystem, running_jobs_are_signalled_and_waiting_ones_removed) {
    make("lsf");
    answers["bjobs"] = {
        0, "101;1;tabc[1];RUN;hosta\n101;2;tabc[2];PEND;-\n101;3;tabc[3];DONE;-\n104;0;tother;RUN;-\n", ""};
    ASSERT_TRUE(system->cancel({known("tabc", 1), known("tabc", 2), known("tabc", 3)}, CancelHow::terminate));
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("bjobs"), "bkill -s TERM 101[1]", "bkill 101[2]"));
    commands.ran.clear();
    ASSERT_TRUE(system->cancel({known("tabc", 1), known("tabc", 2)}, CancelHow::kill));
    EXPECT_THAT(lines(), ElementsAre(HasSubstr("bjobs"), "bkill 101[1] 101[2]"));
    answers["bkill"] = {255, "", "Job <101[1]>: Job has already finished\n"};
    EXPECT_TRUE(system->cancel({known("tabc", 1)}, CancelHow::kill));
    answers["bkill"] = {255, "", "Cannot connect to LSF. Please wait ...\n"};
    EXPECT_FALSE(system->cancel({known("tabc", 1)}, CancelHow::kill));
}

TEST_F(CommandSystem, refusals_are_told_apart) {
    answers["qsub"] = {170, "", "qsub: Unknown queue\n"};
    EXPECT_EQ(make("pbs").submit(group()).error().code, Code::invalid);
    answers["qsub"] = {38, "", "qsub: would exceed queue generic's per-user limit of jobs\n"};
    EXPECT_EQ(system->submit(group()).error().code, Code::busy);
    answers["qsub"] = {1, "", "Connection refused\nqsub: cannot connect to server pbs (errno=111)\n"};
    EXPECT_EQ(system->submit(group()).error().code, Code::io);
    answers["qsub"] = {0, "welcome\n", ""};
    EXPECT_EQ(system->submit(group()).error().code, Code::io);
}

TEST_F(CommandSystem, options_are_checked) {
    auto pointer = [](const OptionTable& options) {
        auto checked = check_command_options(options);
        return checked ? "" : checked.error().pointer;
    };
    for (const std::string& profile : profile_names())
        EXPECT_EQ(pointer({{"profile", profile}}), "") << profile;
    EXPECT_EQ(pointer({}), "/options/submit");
    EXPECT_EQ(pointer({{"profile", "pbss"}}), "/options/profile");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"submitt", "x"}}), "/options/submitt");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"line", "(?<id>x)"}}), "/options/line");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"queued", "("}}), "/options/queued");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"cancel", "qdel {token}"}}), "/options/cancel");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"index", "A;B"}}), "/options/index");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"queue", "-V"}}), "/options/queue");
    EXPECT_EQ(pointer({{"profile", "pbs"}, {"array_format", ""}}), "") << "no arrays";
    Resources resources;
    resources.options = {{"queue", "gpu"}, {"args", "-l 'place=excl'"}};
    EXPECT_TRUE(check_command_resources(resources));
    resources.options = {{"submit", "rm -rf /"}};
    EXPECT_EQ(check_command_resources(resources).error().pointer, "/options/submit");
    resources.options = {{"args", "'"}};
    EXPECT_FALSE(check_command_resources(resources));
}

}  // namespace
}  // namespace tw::command
