// The text itself; that HTCondor understands it so is tested with the real one in tests/clusters/htcondor.
#include <gmock/gmock.h>

#include "batch/htcondor/condor_calls.hpp"
#include "batch/htcondor/describe.hpp"

namespace tw {
namespace {

using testing::HasSubstr;
using testing::Not;

struct HtcondorDescribe : testing::Test {
    HtcondorOptions options;
    std::vector<std::string> forward{"PATH", "HOME"};
    JobGroup group;

    HtcondorDescribe() {
        group.token = "tabc";
        group.indexes = {3, 7};
        group.directory = "/e/trials/000042";
        group.launch = "/e/.trialwatch/jobs/1/tabc.3.sh";
        group.log = "/e/.trialwatch/jobs/1/tabc.3.log";
    }
    Describing by() { return {options, forward, "/e/.trialwatch/htcondor/events.log", "0123456789abcdef"}; }
    std::string text() {
        auto described = describe(group, by());
        EXPECT_TRUE(described) << described.error().text();
        return described ? *described : "";
    }
};

TEST_F(HtcondorDescribe, a_shell_reads_the_launch_script_and_its_own_words_go_to_the_groups_log) {
    EXPECT_THAT(text(), HasSubstr("\narguments = \"-c 'exec /bin/sh \"\"$(DOLLAR)0\"\" \"\"$(DOLLAR)1\"\" "
                                  ">>\"\"$(DOLLAR)2\"\" 2>&1' "
                                  "'/e/.trialwatch/jobs/1/tabc.3.sh' $INT(TrialwatchIndex) "
                                  "'/e/.trialwatch/jobs/1/tabc.3.log'\"\n"));
}

TEST_F(HtcondorDescribe, names_the_job_in_every_way_it_is_looked_for) {
    for (const char* line :
         {"\nsubmit_event_notes = trialwatch tabc.$INT(TrialwatchIndex)\n", "\n+TrialwatchToken = \"tabc\"\n",
          "\n+TrialwatchIndex = $INT(TrialwatchIndex)\n", "\n+TrialwatchExperiment = \"0123456789abcdef\"\n",
          "\nbatch_name = tabc\n", "\nlog = /e/.trialwatch/htcondor/events.log\n",
          "\ninitialdir = /e/trials/000042\n"})
        EXPECT_THAT(text(), HasSubstr(line));
    EXPECT_THAT(text(), testing::EndsWith("\nqueue TrialwatchIndex from (\n3\n7\n)\n"));
}

TEST_F(HtcondorDescribe, is_started_once_on_a_shared_filesystem_with_no_values_of_the_environment) {
    for (const char* line : {"\nshould_transfer_files = NO\n", "\non_exit_remove = true\n",
                             "\ngetenv = PATH,HOME\n", "\nkill_sig = SIGTERM\n", "\nexecutable = /bin/sh\n"})
        EXPECT_THAT("\n" + text(), HasSubstr(line));
}

TEST_F(HtcondorDescribe, resources_become_requests_and_options_win) {
    group.resources.cpus = 4;
    group.resources.gpus = 2;
    group.resources.memory = (std::int64_t{2} << 30) + 1;
    group.resources.time = Seconds(90);
    group.grace = Seconds(30);
    for (const char* line : {"\nrequest_cpus = 4\n", "\nrequest_gpus = 2\n", "\nrequest_memory = 2049\n",
                             "\nallowed_job_duration = 120\n", "\njob_max_vacate_time = 30\n"})
        EXPECT_THAT(text(), HasSubstr(line));
    group.resources.options = {{"Request_Memory", "8G"}, {"My.Project", "\"x\""}, {"throttle", "5"}};
    EXPECT_THAT(text(), HasSubstr("\nrequest_memory = 8G\n"));
    EXPECT_THAT(text(), Not(HasSubstr("2049")));
    EXPECT_THAT(text(), HasSubstr("\n+project = \"x\"\n"));
    EXPECT_THAT(text(), HasSubstr("\nmax_materialize = 5\n"));
}

TEST_F(HtcondorDescribe, broken_hosts_are_avoided_beside_the_users_requirements) {
    group.resources.options = {{"requirements", "TARGET.Memory > 1 || TARGET.Mips > 1"}};
    group.avoid = {"n7.cluster", "\" || true"};
    EXPECT_THAT(text(), HasSubstr("\nrequirements = (TARGET.Memory > 1 || TARGET.Mips > 1) && "
                                  "(TARGET.Machine =!= \"n7.cluster\")\n"));
}

TEST_F(HtcondorDescribe, paths_are_quoted) {
    group.directory = "/a b'c\"d$e/trials/000042";
    group.launch = "/a b'c\"d$e/x.sh";
    EXPECT_THAT(text(), HasSubstr("\ninitialdir = /a b'c\"d$(DOLLAR)e/trials/000042\n"));
    EXPECT_THAT(text(), HasSubstr(" '/a b''c\"\"d$(DOLLAR)e/x.sh' $INT(TrialwatchIndex) "));
}

TEST_F(HtcondorDescribe, paths_that_cannot_be_said_are_refused) {
    for (const char* path : {"/a\nqueue 5", "/a\\", "/a $$(Arch)", "/a ", "/a\tb\r"}) {
        group.directory = path;
        EXPECT_EQ(describe(group, by()).error().code, Code::invalid) << path;
    }
}

TEST_F(HtcondorDescribe, a_single_job_has_index_zero) {
    group.indexes = {0};
    EXPECT_THAT(text(), testing::EndsWith("\nqueue TrialwatchIndex from (\n0\n)\n"));
}

struct HtcondorAdditions : HtcondorDescribe {
    std::string added() {
        auto list = additions(group, by());
        EXPECT_TRUE(list) << list.error().text();
        return "\n" + description_text(*list);
    }
};

TEST_F(HtcondorAdditions, number_the_jobs_of_the_file_and_let_only_the_groups_run) {
    EXPECT_THAT(added(), HasSubstr("\nTrialwatchIndex = $(Process) + 1\n"));
    EXPECT_THAT(added(), HasSubstr("\nnoop_job = !(ProcId == 2 || ProcId == 6)\n"));
}

TEST_F(HtcondorAdditions, leave_the_users_log_and_what_the_user_asks_for) {
    EXPECT_THAT(added(), HasSubstr("\ndagman_log = /e/.trialwatch/htcondor/events.log\n"));
    for (const char* key : {"\nlog =", "request_", "requirements", "priority", "initialdir", "environment",
                            "batch_name", "allowed_job_duration", "kill_sig"})
        EXPECT_THAT(added(), Not(HasSubstr(key)));
    group.resources.options = {{"request_disk", "1G"}};
    EXPECT_THAT(added(), Not(HasSubstr("request_disk")));
}

TEST_F(HtcondorAdditions, turn_off_the_schedulers_own_retries) {
    for (const char* line : {"\nmax_retries = 0\n", "\non_exit_remove = true\n", "\non_exit_hold = false\n"})
        EXPECT_THAT(added(), HasSubstr(line));
}

TEST_F(HtcondorAdditions, forward_variables_only_where_the_file_does_not_say_which) {
    EXPECT_THAT(added(), HasSubstr("\ngetenv = PATH,HOME\n"));
    group.generated = "executable = a\nGetEnv = FOO\njob_max_vacate_time = 5\nqueue\n";
    EXPECT_THAT(added(), Not(HasSubstr("\ngetenv")));
    EXPECT_THAT(added(), Not(HasSubstr("\njob_max_vacate_time")));
}

TEST(HtcondorSelection, is_short_and_keeps_to_the_tag) {
    EXPECT_THAT(select_tags({{"t", 1}, {"t", 2}, {"t", 3}, {"t", 7}, {"u", 0}}, true),
                testing::ElementsAre(
                    "(TrialwatchToken == \"t\" && ((TrialwatchIndex >= 1 && TrialwatchIndex <= 3) || "
                    "TrialwatchIndex == 7)) || (TrialwatchToken == \"u\" && (TrialwatchIndex == 0))"));
    EXPECT_THAT(select_tags({{"t", 1}}, false), testing::ElementsAre(HasSubstr("ProcId >= 0")));
    CondorJob job;
    job.id = {12, 3};
    job.tag = {"t", 4};
    EXPECT_THAT(select_jobs({&job}),
                testing::ElementsAre("(ClusterId == 12 && TrialwatchToken == \"t\" && (ProcId == 3))"));
    std::vector<JobTag> many;
    for (int i = 0; i < 3000; ++i) many.push_back({"t" + std::to_string(i), 1});
    auto parts = select_tags(many, true);
    EXPECT_GT(parts.size(), 1u);
    for (auto& part : parts) EXPECT_LT(part.size(), 65536u);
}

}  // namespace
}  // namespace tw
