// The scripts are run by real shells: what matters is what arrives.
#include "batch/cluster/launch_script.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <fstream>

#include "base/text.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using testing::HasSubstr;
using testing::Not;

struct LaunchScriptTest : testing::TestWithParam<std::string> {
    support::TempDirectory temp;
    JobRequest request;
    std::string env_file;

    LaunchScriptTest() { request.resources.cpus = 3; }

    void add(std::int64_t task, std::vector<std::string> environment, std::vector<std::string> argv) {
        std::string log = temp / ("log 'of' $task " + std::to_string(task));
        request.tasks.push_back(
            {{1, "flow", task, 1}, std::move(argv), std::move(environment), log + ".out", log + ".err"});
    }
    std::string read(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // The shell's status; its output goes nowhere but where the script sends it.
    int run(const std::string& index, const std::string& prefix = "") {
        std::vector<std::int64_t> indexes;
        for (auto& task : request.tasks) indexes.push_back(task.key.task);
        std::ofstream(temp / "launch.sh") << launch_script(request, indexes, env_file);
        std::string line = prefix + GetParam() + " " + temp / "launch.sh" + " " + index + " > " +
                           temp / "shell.out" + " 2> " + temp / "shell.err";
        int status = std::system(line.c_str());
        return WEXITSTATUS(status);
    }
    std::string output(std::size_t task) { return read(request.tasks[task].output); }
};

TEST_P(LaunchScriptTest, an_element_becomes_its_command_with_its_environment_and_outputs) {
    add(1, {"TRIAL_TASK=1", "TRIAL_ID=000001"},
        {"/bin/sh", "-c", "echo $TRIAL_ID $TRIAL_TASK $0; echo oops >&2; exit 7", "a"});
    add(2, {"TRIAL_TASK=2", "TRIAL_ID=000001"}, {"/bin/sh", "-c", "echo $TRIAL_ID $TRIAL_TASK $0", "b"});
    EXPECT_EQ(run("2"), 0);
    EXPECT_EQ(run("1"), 7);
    EXPECT_EQ(output(0), "000001 1 a\n");
    EXPECT_EQ(output(1), "000001 2 b\n");
    EXPECT_EQ(read(request.tasks[0].error), "oops\n");
}

TEST_P(LaunchScriptTest, nothing_that_stands_in_a_value_is_run_or_split) {
    const std::string evil = "a b\nqueue 7\n'; touch $HOME; \"$(touch pwned)\" `touch pwned` \\ -n %p #";
    add(1, {"ODD=" + evil}, {"/bin/sh", "-c", "printf '%s|%s|%s' \"$ODD\" \"$1\" \"$2\"", "sh", evil, "-n"});
    EXPECT_EQ(run("1"), 0);
    EXPECT_EQ(output(0), evil + "|" + evil + "|-n");
    EXPECT_FALSE(boost::filesystem::exists("pwned"));
}

TEST_P(LaunchScriptTest, names_that_a_shell_cannot_have_are_left_out_and_not_run) {
    add(1, {"my-var=1", "$(touch pwned)=2", "a;touch pwned=3", "GOOD=4"},
        {"/bin/sh", "-c", "env | grep -e ^my-var -e GOOD | sort"});
    EXPECT_EQ(run("1"), 0);
    EXPECT_EQ(output(0), "GOOD=4\n");
    EXPECT_FALSE(boost::filesystem::exists("pwned"));
}

TEST_P(LaunchScriptTest, one_file_for_both_outputs_keeps_their_order) {
    add(1, {}, {"/bin/sh", "-c", "echo 1; echo 2 >&2; echo 3"});
    request.tasks[0].error = request.tasks[0].output;
    run("1");
    EXPECT_EQ(output(0), "1\n2\n3\n");
}

TEST_P(LaunchScriptTest, an_element_that_is_not_there_does_nothing) {
    add(1, {}, {"/bin/sh", "-c", "echo ran"});
    EXPECT_EQ(run("2"), 0);
    EXPECT_EQ(run(""), 0);
    EXPECT_FALSE(boost::filesystem::exists(request.tasks[0].output));
    EXPECT_THAT(read(temp / "shell.err"), HasSubstr("nothing is to be done for element"));
}

TEST_P(LaunchScriptTest, single_jobs_have_the_index_0) {
    add(0, {}, {"/bin/sh", "-c", "echo ran"});
    EXPECT_EQ(run("0"), 0);
    EXPECT_EQ(output(0), "ran\n");
}

TEST_P(LaunchScriptTest, what_all_have_alike_stands_there_once) {
    for (int task = 1; task <= 3; ++task)
        add(task, {"SAME=value", "TRIAL_TASK=" + std::to_string(task)}, {"true"});
    std::string text = launch_script(request, {1, 2, 3}, "");
    EXPECT_EQ(text.find("SAME"), text.rfind("SAME"));
}

TEST_P(LaunchScriptTest, threads_are_limited_unless_somebody_said_otherwise) {
    add(1, {}, {"/bin/sh", "-c", "echo $OMP_NUM_THREADS"});
    run("1");
    run("1", "OMP_NUM_THREADS=9 ");
    EXPECT_EQ(output(0), "3\n9\n");
}

TEST_P(LaunchScriptTest, the_env_file_is_read_and_ours_wins) {
    add(1, {"TRIAL_ID=000001"}, {"/bin/sh", "-c", "echo $SECRET $TRIAL_ID"});
    env_file = temp / "its env";
    std::ofstream(env_file) << "SECRET=hush\nTRIAL_ID=other\nset -- 7\n";
    EXPECT_EQ(run("1"), 0);
    EXPECT_EQ(output(0), "hush 000001\n");
    EXPECT_THAT(read(temp / "launch.sh"), Not(HasSubstr("hush")));
}

TEST_P(LaunchScriptTest, without_its_env_file_nothing_is_started) {
    add(1, {}, {"/bin/sh", "-c", "echo ran"});
    env_file = temp / "not there";
    EXPECT_NE(run("1"), 0);
    EXPECT_FALSE(boost::filesystem::exists(request.tasks[0].output));
}

INSTANTIATE_TEST_SUITE_P(Shells, LaunchScriptTest, testing::Values("dash", "bash"),
                         [](const auto& shell) { return shell.param; });

}  // namespace
}  // namespace tw
