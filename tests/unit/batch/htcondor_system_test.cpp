// The batch system against commands that answer as HTCondor 23.9.6 did, and a log that a test writes.
#include <gmock/gmock.h>

#include "batch/htcondor/htcondor.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string schedd_down =
    "\n-- Failed to fetch ads from: <127.0.0.1:33153?addrs=127.0.0.1-33153> : localhost\nSECMAN:2007:Failed "
    "to end classad "
    "message.\nSECMAN:2011:Connection closed during command authorization. Probably due to an unknown "
    "command.\n";

struct HtcondorTest : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    SystemSettings settings;
    std::unique_ptr<BatchSystem> system;
    std::map<std::string, CommandResult> answers;  // by program; the rest succeeds and says nothing

    HtcondorTest() {
        fs.make_directories(".trialwatch");
        answers["condor_submit"] = {0, "12.0 - 12.1\n", ""};
        commands.answer = [this](const Command& command) -> Result<CommandResult> {
            return answers[command.argv[0]];
        };
        restart();
    }
    void restart() {
        BatchPorts ports{fs, clock, processes, commands, log, "0123456789abcdef"};
        auto made = make_htcondor(ports, settings);
        ASSERT_TRUE(made) << made.error().text();
        system = std::move(*made);
    }
    JobGroup group(std::vector<std::int64_t> indexes = {1, 2}) {
        JobGroup group;
        group.token = "t";
        group.indexes = std::move(indexes);
        group.directory = "/virtual/experiment/trials/000001";
        group.launch = "/virtual/experiment/.trialwatch/jobs/t.sh";
        group.log = "/virtual/experiment/.trialwatch/jobs/t.log";
        return group;
    }
    void write(const std::string& number, const std::string& job, const std::string& title,
               const std::string& body = "") {
        if (!fs.exists(htcondor_log)) fs.put(htcondor_log, "");
        fs.disk()->find(htcondor_log).value()->content +=
            number + " (" + job + ".000) 2026-11-25 16:05:05 " + title + "\n" + body + "...\n";
    }
    void write_submitted(int proc, int cluster = 12) {
        write("000", std::to_string(cluster) + "." + std::to_string(proc), "Job submitted from host: <x>",
              "    trialwatch t." + std::to_string(proc + 1) + "\n");
    }
    void write_running(int proc) {
        write("001", "12." + std::to_string(proc), "Job executing on host: <x>", "\tSlotName: slot1_1@n7\n");
    }
    void write_held(int proc, int code, const std::string& reason = "why") {
        write("012", "12." + std::to_string(proc), "Job was held.",
              "\t" + reason + "\n\tCode " + std::to_string(code) + " Subcode 2\n");
    }
    void write_ended(int proc, int status = 0) {
        write("005", "12." + std::to_string(proc), "Job terminated.",
              "\t(1) Normal termination (return value " + std::to_string(status) + ")\n");
    }
    void submit_two() {
        ASSERT_EQ(system->submit(group()).value(), "12");
        write_submitted(0);
        write_submitted(1);
    }
    static std::vector<KnownJob> known(std::vector<std::int64_t> indexes = {1, 2}) {
        std::vector<KnownJob> jobs;
        for (auto index : indexes) jobs.push_back({{"t", index}, "", JobState::queued});
        return jobs;
    }
    std::map<std::int64_t, JobReport> look(std::vector<std::int64_t> indexes = {1, 2}) {
        std::map<std::int64_t, JobReport> found;
        auto reports = system->look(known(indexes));
        EXPECT_TRUE(reports) << reports.error().text();
        if (reports)
            for (auto& report : *reports) found[report.tag.index] = report;
        return found;
    }
    std::vector<std::string> calls_of(const std::string& program) {
        std::vector<std::string> found;
        for (auto& command : commands.ran) {
            if (command.argv[0] != program) continue;
            std::string line;
            for (std::size_t i = 1; i < command.argv.size(); ++i)
                line += (i > 1 ? " " : "") + command.argv[i];
            found.push_back(line);
        }
        return found;
    }
    void pass(double seconds) { clock.advance(Seconds(seconds)); }
    static std::string ad(int cluster, int proc, int index, int status, const std::string& more = "") {
        return "ClusterId = " + std::to_string(cluster) + "\nProcId = " + std::to_string(proc) +
               "\nTrialwatchToken = \"t\"\nTrialwatchIndex = " + std::to_string(index) +
               "\nJobStatus = " + std::to_string(status) + "\n" + more + "\n";
    }
};

TEST_F(HtcondorTest, a_group_is_one_call_with_the_description_on_standard_input) {
    submit_two();
    ASSERT_EQ(commands.ran.size(), 1u);
    EXPECT_THAT(commands.ran[0].argv, ElementsAre("condor_submit", "-terse", "-"));
    EXPECT_EQ(commands.ran[0].directory, "/virtual/experiment/trials/000001");
    EXPECT_THAT(commands.ran[0].input, HasSubstr("queue TrialwatchIndex from (\n1\n2\n)\n"));
    EXPECT_EQ(commands.ran[0].environment, processes.variables);
}

TEST_F(HtcondorTest, the_whole_life_of_jobs_costs_no_question) {
    submit_two();
    EXPECT_EQ(look()[1].state, JobState::queued);
    EXPECT_EQ(look()[1].id, "12.0");
    write_running(0);
    EXPECT_EQ(look()[1].state, JobState::running);
    EXPECT_EQ(look()[1].host, "n7");
    for (int minute = 0; minute < 120; ++minute) {
        pass(60);
        if (minute % 20 == 0) write("006", "12.0", "Image size of job updated: 1");
        look();
    }
    write_ended(0, 3);
    auto reports = look();
    EXPECT_FALSE(reports[1].state);
    EXPECT_EQ(reports[1].end.status, 3);
    EXPECT_TRUE(reports[1].end.confirmed);
    EXPECT_EQ(reports[2].state, JobState::queued);
    EXPECT_EQ(commands.ran.size(), 1u) << "the submission";
}

TEST_F(HtcondorTest, a_watcher_that_starts_reads_everything_from_the_log) {
    submit_two();
    write_running(0);
    write_running(1);
    write_ended(0);
    restart();
    auto reports = look();
    EXPECT_FALSE(reports[1].state);
    EXPECT_EQ(reports[1].end.cause, EndCause::exited);
    EXPECT_EQ(reports[2].state, JobState::running);
    EXPECT_EQ(commands.ran.size(), 1u);
}

TEST_F(HtcondorTest, a_submission_whose_answer_was_never_read_is_found_in_the_log) {
    commands.answer = [](const Command&) -> Result<CommandResult> { return fail(Code::io, "timed out"); };
    EXPECT_EQ(system->submit(group()).error().code, Code::io);
    write_submitted(0);
    write_submitted(1);
    EXPECT_EQ(look()[2].id, "12.1");
    EXPECT_THAT(calls_of("condor_q"), IsEmpty());
}

TEST_F(HtcondorTest, what_the_log_does_not_know_is_asked_once) {
    for (int look_number = 0; look_number < 100; ++look_number) {
        EXPECT_THAT(look(), IsEmpty()) << "the queue says that it is not there";
        pass(1);
    }
    EXPECT_THAT(calls_of("condor_q"),
                ElementsAre(HasSubstr("-constraint TrialwatchExperiment == \"0123456789abcdef\" -long")));
}

TEST_F(HtcondorTest, it_is_not_gone_before_the_queue_was_asked) {
    look({1});
    EXPECT_EQ(look({1, 2})[2].state, JobState::queued) << "a minute has not passed";
    pass(60);
    EXPECT_THAT(look({1, 2}), IsEmpty());
    EXPECT_EQ(calls_of("condor_q").size(), 2u);
}

TEST_F(HtcondorTest, a_queue_that_does_not_answer_says_nothing) {
    answers["condor_q"] = {1, "", schedd_down};
    auto reports = system->look(known());
    ASSERT_FALSE(reports);
    EXPECT_TRUE(may_pass(reports.error()));
    EXPECT_THAT(reports.error().what, HasSubstr("condor_q: "));
    pass(60);
    answers["condor_q"] = {0, ad(12, 0, 1, 2, "RemoteHost = \"slot1@n9\"\n"), ""};
    EXPECT_EQ(look()[1].state, JobState::running);
    EXPECT_EQ(look()[1].host, "n9");
}

TEST_F(HtcondorTest, a_submission_without_a_log_is_noticed_and_the_queue_asked_once_a_minute) {
    ASSERT_TRUE(system->submit(group()));
    EXPECT_EQ(look()[1].state, JobState::queued);
    answers["condor_q"] = {0, ad(12, 0, 1, 2) + ad(12, 1, 2, 1), ""};
    for (int second = 0; second < 300; ++second) {
        pass(1);
        look();
    }
    EXPECT_EQ(look()[1].state, JobState::running);
    EXPECT_EQ(look()[2].state, JobState::queued);
    EXPECT_THAT(calls_of("condor_q").size(), testing::AllOf(testing::Ge(4u), testing::Le(5u)));
    EXPECT_EQ(log.count("writes no event log"), 1);
    answers["condor_q"] = {0, ad(12, 1, 2, 1), ""};
    answers["condor_history"] = {0, ad(12, 0, 1, 4, "NumJobStarts = 1\nExitCode = 3\nExitBySignal = false\n"),
                                 ""};
    pass(60);
    EXPECT_THAT(look(), testing::Not(testing::Contains(testing::Key(1))));
    auto ends = system->recall({known()[0]});
    ASSERT_TRUE(ends);
    ASSERT_EQ(ends->size(), 1u);
    EXPECT_EQ(ends->at(0).end.status, 3);
    EXPECT_TRUE(ends->at(0).end.confirmed);
}

TEST_F(HtcondorTest, a_long_silence_is_broken_by_one_question) {
    submit_two();
    look();
    answers["condor_q"] = {0, ad(12, 0, 1, 1) + ad(12, 1, 2, 1), ""};
    for (int minute = 0; minute < 50; ++minute) {
        pass(60);
        EXPECT_EQ(look()[2].state, JobState::queued);
    }
    EXPECT_EQ(calls_of("condor_q").size(), 1u);
}

TEST_F(HtcondorTest, a_log_that_cannot_be_read_says_nothing) {
    submit_two();
    look();
    fs.inject({"read", htcondor_log, Code::io, 1, 1});
    EXPECT_FALSE(system->look(known()));
    EXPECT_EQ(look()[1].state, JobState::queued);
}

TEST_F(HtcondorTest, a_lost_log_is_told_and_the_queue_asked) {
    submit_two();
    look();
    ASSERT_TRUE(fs.remove(htcondor_log));
    answers["condor_q"] = {0, ad(12, 0, 1, 1), ""};
    auto reports = look();
    EXPECT_EQ(reports[1].state, JobState::queued);
    EXPECT_FALSE(reports.contains(2));
    EXPECT_EQ(log.count("event log cannot be read"), 1);
}

TEST_F(HtcondorTest, a_log_that_never_will_be_one_is_told_and_the_queue_asked) {
    fs.make_directories(htcondor_log);
    ASSERT_TRUE(system->submit(group()));
    answers["condor_q"] = {0, ad(12, 0, 1, 2) + ad(12, 1, 2, 1), ""};
    EXPECT_EQ(look()[1].state, JobState::running);
    EXPECT_EQ(log.count("event log cannot be read"), 1);
}

TEST_F(HtcondorTest, refusals_are_told_apart) {
    answers["condor_submit"] = {
        1, "", "\nERROR: on Line 3 of submit file: \n\nERROR: Failed to parse command file (line 3).\n"};
    EXPECT_EQ(system->submit(group()).error().code, Code::invalid);
    answers["condor_submit"] = {1, "", "ERROR: Parse error in expression: \n\tRequestCpus = x y\n\t"};
    EXPECT_EQ(system->submit(group()).error().code, Code::invalid);
    EXPECT_EQ(system->submit(group()).error().what,
              "condor_submit: Parse error in expression:; RequestCpus = x y");
    answers["condor_submit"] = {1, "",
                                "\nERROR: Failed to connect to local queue manager\nSECMAN:2011:Connection "
                                "closed during command authorization. Probably due to an unknown command.\n"};
    EXPECT_TRUE(may_pass(system->submit(group()).error()));
    answers["condor_submit"] = {1, "", "\nERROR: Can't find address of local schedd\n"};
    EXPECT_TRUE(may_pass(system->submit(group()).error()));
    answers["condor_submit"] = {1, "", "\nERROR: Number of submitted jobs would exceed MAX_JOBS_PER_OWNER\n"};
    EXPECT_EQ(system->submit(group()).error().code, Code::busy);
    answers["condor_submit"] = {0, "what is this", ""};
    EXPECT_TRUE(may_pass(system->submit(group()).error()));
}

TEST_F(HtcondorTest, an_option_that_breaks_a_stage_is_refused_before_anything_is_run) {
    JobGroup wrong = group();
    wrong.resources.options = {{"queue", "1000"}};
    EXPECT_EQ(system->submit(wrong).error().code, Code::invalid);
    EXPECT_THAT(commands.ran, IsEmpty());
}

TEST_F(HtcondorTest, terminate_removes_and_kill_does_not_wait_for_what_runs) {
    submit_two();
    write_running(0);
    look();
    ASSERT_TRUE(system->cancel(known(), CancelHow::terminate));
    EXPECT_THAT(calls_of("condor_vacate_job"), IsEmpty());
    EXPECT_THAT(calls_of("condor_rm"),
                ElementsAre("-reason trialwatch: cancelled -constraint (TrialwatchToken == \"t\" && "
                            "((TrialwatchIndex >= 1 && TrialwatchIndex <= 2)))"));
    restart();
    look();
    ASSERT_TRUE(system->cancel(known(), CancelHow::kill));
    EXPECT_THAT(calls_of("condor_vacate_job"),
                ElementsAre(AllOf(HasSubstr("-fast "), HasSubstr("(TrialwatchIndex == 1)"))));
    EXPECT_EQ(calls_of("condor_rm").size(), 2u);
}

TEST_F(HtcondorTest, cancelling_what_is_not_there_is_no_error_and_a_schedd_that_is_away_is_one) {
    answers["condor_rm"] = {1, "",
                            "\nCouldn't find/remove all jobs matching constraint (TrialwatchToken==\"t\")\n"};
    EXPECT_TRUE(system->cancel(known(), CancelHow::terminate));
    answers["condor_rm"] = {0, "", "condor_rm:0:There are no jobs in the queue\n"};
    EXPECT_TRUE(system->cancel(known(), CancelHow::terminate));
    answers["condor_rm"] = {1, "",
                            "SECMAN:2007:Failed to end classad message.\nSECMAN:2011:Connection closed "
                            "during command authorization. Probably due to an unknown command.\nCouldn't "
                            "find/remove all jobs matching constraint (true)\n"};
    auto away = system->cancel(known(), CancelHow::terminate);
    ASSERT_FALSE(away);
    EXPECT_TRUE(may_pass(away.error()));
    EXPECT_TRUE(system->cancel({}, CancelHow::kill));
}

TEST_F(HtcondorTest, an_evicted_job_is_not_left_waiting_to_be_started_again) {
    submit_two();
    write_running(0);
    write("004", "12.0", "Job was evicted.", "\t(0) CPU times\n");
    EXPECT_EQ(look()[1].state, JobState::queued);
    look();
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre("-reason trialwatch: preempted -constraint (ClusterId == "
                                                   "12 && TrialwatchToken == \"t\" && (ProcId == 0))"));
    write("009", "12.0", "Job was aborted.", "\ttrialwatch: preempted (by user ada)\n");
    auto reports = look();
    EXPECT_EQ(reports[1].end.cause, EndCause::preempted);
    EXPECT_TRUE(reports[1].end.confirmed);
}

TEST_F(HtcondorTest, a_held_job_ends_by_its_rule) {
    submit_two();
    write_running(0);
    write_held(0, 46, "The job exceeded allowed job duration of 00:04");
    write_held(1, 14, "Cannot access initial working directory");
    auto reports = look();
    EXPECT_EQ(reports[1].state, JobState::held);
    EXPECT_EQ(reports[1].detail, "The job exceeded allowed job duration of 00:04");
    EXPECT_THAT(calls_of("condor_rm"),
                testing::UnorderedElementsAre(HasSubstr("trialwatch: time limit -constraint (ClusterId == 12 "
                                                        "&& TrialwatchToken == \"t\" && (ProcId == 0))"),
                                              HasSubstr("trialwatch: node -constraint (ClusterId == 12 && "
                                                        "TrialwatchToken == \"t\" && (ProcId == 1))")));
    write("009", "12.0", "Job was aborted.", "\ttrialwatch: time limit (by user ada)\n");
    write("009", "12.1", "Job was aborted.", "\ttrialwatch: node (by user ada)\n");
    reports = look();
    EXPECT_EQ(reports[1].end.cause, EndCause::time_limit);
    EXPECT_EQ(reports[1].end.detail, "The job exceeded allowed job duration of 00:04");
    EXPECT_TRUE(reports[1].end.confirmed);
    EXPECT_EQ(reports[2].end.cause, EndCause::node);
}

TEST_F(HtcondorTest, a_release_waits_is_counted_and_then_given_up) {
    settings.options = {{"hold.13", "release 5m 1"}};
    restart();
    submit_two();
    write_held(0, 13);
    look();
    pass(299);
    look();
    EXPECT_THAT(calls_of("condor_release"), IsEmpty());
    pass(2);
    look();
    look();
    EXPECT_EQ(calls_of("condor_release").size(), 1u);
    write("013", "12.0", "Job was released.", "\tvia condor_release (by user ada)\n");
    EXPECT_EQ(look()[1].state, JobState::queued);
    write_held(0, 13);
    look();
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre(HasSubstr("trialwatch: held")));
    EXPECT_EQ(calls_of("condor_release").size(), 1u);
}

TEST_F(HtcondorTest, a_job_that_ran_is_not_released_for_its_claim_is_taken) {
    settings.options = {{"hold.13", "release 0s 5"}};
    restart();
    submit_two();
    write_running(0);
    write_held(0, 13);
    look();
    EXPECT_THAT(calls_of("condor_release"), IsEmpty());
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre(HasSubstr("trialwatch: node")));
}

TEST_F(HtcondorTest, what_a_person_held_waits_for_the_person) {
    submit_two();
    write_held(0, 1, "via condor_hold (by user ada)");
    answers["condor_q"] = {0, ad(12, 0, 1, 5) + ad(12, 1, 2, 1), ""};
    for (int hour = 0; hour < 5; ++hour) {
        EXPECT_EQ(look()[1].state, JobState::held);
        pass(1000);
    }
    EXPECT_THAT(calls_of("condor_rm"), IsEmpty());
    EXPECT_THAT(calls_of("condor_release"), IsEmpty());
}

TEST_F(HtcondorTest, the_advisor_is_asked_once_for_each_hold_and_has_the_first_word) {
    settings.options = {{"hold_advisor", "./advise -v"}};
    restart();
    submit_two();
    answers["./advise"] = {0, "release\n", ""};
    write_held(0, 46, "too \"long\"\\\t\x01");
    look();
    look();
    EXPECT_EQ(calls_of("condor_release").size(), 1u);
    ASSERT_THAT(calls_of("./advise"), ElementsAre("-v"));
    const Command& asked = *std::find_if(commands.ran.begin(), commands.ran.end(),
                                         [](auto& it) { return it.argv[0] == "./advise"; });
    EXPECT_EQ(asked.directory, "/virtual/experiment");
    EXPECT_EQ(
        asked.input,
        R"({"format":1,"job":"12.0","token":"t","index":1,"host":"","hold":{"code":46,"subcode":2,"reason":"too \"long\"\\\u0009\u0001"},)"
        R"("starts":0,"releases":0,"events":[{"number":0,"time":"2026-11-25 16:05:05","text":"Job submitted from host: <x>","reason":""},)"
        R"({"number":12,"time":"2026-11-25 16:05:05","text":"Job was held.","reason":"too \"long\"\\\u0009\u0001"}]})"
        "\n");
    write("013", "12.0", "Job was released.");
    answers["./advise"] = {0, "remove", ""};
    write_held(0, 1);
    look();
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre(HasSubstr("trialwatch: held")));
}

TEST_F(HtcondorTest, a_slow_advisor_does_not_hold_up_a_look_for_long) {
    settings.options = {{"hold_advisor", "./advise"}};
    restart();
    submit_two();
    for (int proc : {0, 1}) write_held(proc, 46);
    auto before = commands.answer;
    commands.answer = [&, before](const Command& command) -> Result<CommandResult> {
        if (command.argv[0] == "./advise") clock.advance(Seconds(20));
        return before(command);
    };
    answers["./advise"] = {0, "release\n", ""};
    look();
    EXPECT_EQ(calls_of("./advise").size(), 1u);
    look();
    EXPECT_EQ(calls_of("./advise").size(), 2u);
}

TEST_F(HtcondorTest, an_advisor_that_does_not_decide_leaves_it_to_the_rules) {
    settings.options = {{"hold_advisor", "./advise"}, {"hold.13", "fail"}};
    restart();
    submit_two();
    answers["./advise"] = {1, "release", "no module named x"};
    write_held(0, 13);
    look();
    EXPECT_THAT(calls_of("condor_release"), IsEmpty());
    EXPECT_EQ(calls_of("condor_rm").size(), 1u);
    EXPECT_EQ(log.count("no module named x"), 1);
}

TEST_F(HtcondorTest, jobs_that_their_cluster_makes_later_are_queued_also_after_a_restart) {
    settings.options = {{"throttle", "1"}};
    restart();
    ASSERT_TRUE(system->submit(group()));
    write("035", "12.-01", "Cluster submitted from host: <x>", "    trialwatch t.1\n");
    write_submitted(0);
    EXPECT_EQ(look()[2].state, JobState::queued);
    restart();
    EXPECT_EQ(look()[2].state, JobState::queued);
    EXPECT_THAT(calls_of("condor_q"), IsEmpty());
    ASSERT_TRUE(system->cancel(known({2}), CancelHow::terminate));
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre(HasSubstr("ProcId >= 0")))
        << "not the cluster, which has others to make";
    write_submitted(1);
    look();
    EXPECT_THAT(calls_of("condor_rm"), ElementsAre(testing::_, HasSubstr("ClusterId == 12")));
    ASSERT_TRUE(system->cancel(known(), CancelHow::terminate));
    EXPECT_THAT(calls_of("condor_rm").back(), Not(HasSubstr("ProcId >= 0")))
        << "all of it: nothing more is made";
}

TEST_F(HtcondorTest, a_generated_file_is_handed_over_as_it_stands) {
    JobGroup own = group();
    own.generated = "executable = run.sh\nqueue 3\n";
    ASSERT_TRUE(system->submit(own));
    EXPECT_EQ(commands.ran[0].input, own.generated);
    EXPECT_THAT(commands.ran[0].argv, testing::Contains("executable = /bin/sh"));
    write_submitted(0);
    write_submitted(1);
    write("000", "12.2", "Job submitted from host: <x>", "    trialwatch t.3\n");
    write("005", "12.2", "Job terminated.", "\t(1) Normal termination (return value 0)\n");
    answers["condor_q"] = {0, ad(12, 0, 1, 1) + ad(12, 1, 2, 1), ""};
    auto reports = look({1, 2, 3});
    EXPECT_EQ(reports[2].id, "12.1");
    EXPECT_FALSE(reports.contains(3)) << "it was told to do nothing";
}

TEST_F(HtcondorTest, impossible_wishes_are_told_by_their_numbers) {
    Resources resources;
    EXPECT_TRUE(system->possible(resources));
    resources.cpus = 1000000;
    EXPECT_THAT(system->possible(resources).error().hint, HasSubstr("max_cpus"));
    resources.cpus = 1;
    resources.nodes = 2;
    EXPECT_FALSE(system->possible(resources));
    EXPECT_THAT(commands.ran, IsEmpty());
}

TEST_F(HtcondorTest, commands_may_be_elsewhere) {
    settings.options = {{"bin", "/opt/condor/bin"}};
    restart();
    answers["/opt/condor/bin/condor_submit"] = {0, "12.0 - 12.1\n", ""};
    ASSERT_TRUE(system->submit(group()));
    EXPECT_EQ(commands.ran[0].argv[0], "/opt/condor/bin/condor_submit");
}

}  // namespace
}  // namespace tw
