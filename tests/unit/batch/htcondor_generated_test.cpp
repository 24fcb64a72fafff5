// Submit files that jobs wrote. data/htcondor/dry_run*.ads is what HTCondor 23.9.6 made of such files.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "batch/htcondor/class_ads.hpp"
#include "batch/htcondor/generated_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string recorded(const std::string& name) {
    std::ifstream file(std::string(SOURCE_DIR) + "/tests/unit/batch/data/htcondor/" + name);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

struct HtcondorGenerated : testing::Test {
    // The recorded files were expanded in /tmp/hcX/g.
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    HtcondorOptions options;
    std::vector<std::string> forward{"PATH"};
    CommandResult first, second;  // of the two dry runs

    Result<Generated> expand(const std::string& text) {
        BatchPorts ports{fs, clock, processes, commands, log, "0123456789abcdef"};
        commands.ran.clear();
        commands.answer = [this](const Command&) -> Result<CommandResult> {
            return commands.ran.size() == 1 ? first : second;
        };
        CondorCalls calls(ports, Seconds(30), "", {});
        return expand_generated({"000001", "trials/000001/run_flow.cmd", text}, calls,
                                {options, forward, "/virtual/experiment/events.log", "0123456789abcdef"}, fs);
    }
};

TEST_F(HtcondorGenerated, each_job_is_read_with_its_arguments_environment_and_input) {
    fs.put("trials/000001/1.json", "{}");
    first.output = second.output = recorded("dry_run.ads");
    auto read = expand("queue case matching files *.json\n");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_TRUE(read->as_it_stands);
    ASSERT_EQ(read->items.size(), 2u);
    EXPECT_EQ(read->items[0].executable, "/tmp/hcX/g/run flow.sh");
    EXPECT_THAT(read->items[0].arguments, ElementsAre("--case", "1.json", "a b", "say\"hi\""));
    EXPECT_THAT(read->items[1].arguments, ElementsAre("--case", "2", "x.json", "a b", "say\"hi\""));
    EXPECT_THAT(read->items[1].environment, ElementsAre("A=1", "B=x y z", "C=\"q\""));
    EXPECT_EQ(read->items[1].output, "out/2 x.json.txt");
    EXPECT_EQ(read->items[1].error, "") << "the toolkit's";
    EXPECT_EQ(read->items[0].input_name, "1.json");
    EXPECT_EQ(read->items[1].input_name, "") << "no such file";
}

TEST_F(HtcondorGenerated, it_is_expanded_in_the_trials_directory_without_the_environments_values) {
    first.output = second.output = recorded("dry_run.ads");
    ASSERT_TRUE(expand("executable = a\nqueue case matching files *.json\n"));
    ASSERT_EQ(commands.ran.size(), 2u);
    EXPECT_EQ(commands.ran[0].directory, "/virtual/experiment/trials/000001");
    EXPECT_THAT(commands.ran[0].argv,
                ElementsAre("condor_submit", "-terse", "-dry-run", "/dev/stdout", "-append", "getenv = false",
                            "-append", "submit_event_notes = trialwatch input $(case)", "-"));
    EXPECT_EQ(commands.ran[0].input, "executable = a\nqueue case matching files *.json\n");
    EXPECT_THAT(commands.ran[1].argv, testing::Contains("executable = /bin/sh"))
        << "as it will be handed over";
}

TEST_F(HtcondorGenerated, several_statements_are_one_list) {
    first.output = recorded("dry_run_two.ads");
    second.output = "ClusterId=1\nProcId=0\n\nProcId=1\n\nProcId=2\n";
    auto read = expand("queue 2\nqueue 1\n");
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_EQ(read->items.size(), 3u);
    EXPECT_THAT(read->items[1].arguments, ElementsAre("one", "1"));
    EXPECT_EQ(read->items[2].executable, "/tmp/hcX/g/b.sh");
    EXPECT_EQ(read->items[2].directory, "/tmp/hcX/g/sub");
    EXPECT_THAT(read->items[2].environment, ElementsAre("X=1", "Y=a b"));
    second.output = "ClusterId=1\nProcId=0\n\nProcId=1\n\nClusterId=2\nProcId=0\n";
    EXPECT_THAT(expand("queue 2\nqueue 1\n").error().what, HasSubstr("2 clusters"));
}

TEST_F(HtcondorGenerated, a_file_that_queues_nothing_has_no_tasks) {
    first.error = "\nWARNING: \"(stdin)\" has only empty \"queue\" commands -- no jobs queued\n";
    auto read = expand("executable = a\nqueue f matching files nothing*\n");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->items.empty());
}

TEST_F(HtcondorGenerated, a_job_that_htcondor_would_start_again_is_refused) {
    first.output = "ClusterId=1\nProcId=0\nCmd=\"/bin/a\"\nSuccessCheckpointExitCode=85\n";
    second.output = "ClusterId=1\nProcId=0\n";
    Error error = expand("executable = a\ncheckpoint_exit_code = 85\nqueue\n").error();
    EXPECT_EQ(error.code, Code::invalid);
    EXPECT_THAT(error.what, HasSubstr("checkpoint_exit_code"));
}

TEST_F(HtcondorGenerated, mistakes_are_told_in_htcondors_words_with_the_line) {
    first = {1, "",
             "\nERROR: on Line 2 of submit file: can't open file nofile.txt: No such file or "
             "directory\n\nERROR: Failed to parse command file (line 2).\n"};
    Error error = expand("executable = a\nqueue x from nofile.txt\n").error();
    EXPECT_EQ(error.code, Code::invalid);
    EXPECT_EQ(error.file, "trials/000001/run_flow.cmd");
    EXPECT_EQ(error.line, 2);
    EXPECT_THAT(error.what, HasSubstr("can't open file nofile.txt"));
    for (const char* words :
         {"\nERROR: Executable file nosuch.sh does not exist\n",
          "ERROR: No 'executable' parameter was provided\n",
          "\nERROR: on Line 1 of submit file: no queue statement\n\nERROR: Failed to parse command file "
          "(line 1).\n",
          "ERROR: docker jobs require a docker_image\n", "ERROR: a message that nobody has seen\n"}) {
        first = {1, "", words};
        EXPECT_EQ(expand("x").error().code, Code::invalid) << words;
    }
}

TEST_F(HtcondorGenerated, a_machine_without_htcondor_is_not_the_files_fault) {
    first = {1, "",
             "\nNeither the environment variable CONDOR_CONFIG,\n/etc/condor/, /usr/local/etc/, nor ~condor/ "
             "contain a condor_config source.\n"};
    EXPECT_TRUE(may_pass(expand("queue\n").error()));
}

TEST_F(HtcondorGenerated, what_tasks_in_place_cannot_do_is_refused) {
    std::string ad = recorded("dry_run.ads");
    first.output = ad + "\nClusterId=2\nProcId=0\nShouldTransferFiles=\"YES\"\n";
    EXPECT_THAT(expand("queue\n").error().what, HasSubstr("file transfer"));
    first.output = ad + "\nClusterId=2\nProcId=0\nTransferInput=\"a.txt\"\n";
    EXPECT_THAT(expand("queue\n").error().what, HasSubstr("file transfer"));
    first.output = ad + "\nClusterId=2\nProcId=0\nJobUniverse=7\n";
    EXPECT_THAT(expand("queue\n").error().what, HasSubstr("vanilla"));
    first.output = ad + "\nClusterId=2\nProcId=0\nIn=\"in.txt\"\n";
    EXPECT_THAT(expand("queue\n").error().what, HasSubstr("standard input"));
    EXPECT_EQ(expand("queue\n").error().file, "trials/000001/run_flow.cmd");
}

TEST(HtcondorClassAds, are_read_with_their_escapes) {
    auto ads = read_class_ads("A = \"x \\\"y\\\" \\\\ z\"\nb=7\nC = undefined\n\n\nB=8\n");
    ASSERT_EQ(ads.size(), 2u);
    EXPECT_EQ(ads[0].text("a"), "x \"y\" \\ z");
    EXPECT_EQ(ads[0].number("B"), 7);
    EXPECT_EQ(ads[0].number("C"), std::nullopt);
    EXPECT_EQ(ads[0].text("b"), "");
    EXPECT_EQ(ads[1].over(ads[0]).number("b"), 8);
    EXPECT_EQ(ads[1].over(ads[0]).text("A"), "x \"y\" \\ z");
}

}  // namespace
}  // namespace tw
