#include "posix/commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

#include "posix/processes.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using ::testing::HasSubstr;

Command shell(const std::string& script) {
    return {{"sh", "-c", script}, {"PATH=/usr/bin:/bin", "GREETING=hello world"}, "", "", Seconds(30)};
}

// A zombie, which has no words any more, does not.
bool runs(pid_t pid) {
    std::ifstream words("/proc/" + std::to_string(pid) + "/cmdline");
    return words.get() != std::ifstream::traits_type::eof();
}

TEST(PosixCommands, tell_status_output_and_errors_apart) {
    auto done = PosixCommands().run(shell("echo \"$GREETING\"; echo oops >&2; exit 7"));
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->status, 7);
    EXPECT_EQ(done->output, "hello world\n");
    EXPECT_EQ(done->error, "oops\n");
}

TEST(PosixCommands, get_their_input_whole) {
    Command command = shell("wc -c; cat > /dev/null");
    command.input = std::string(3 << 20, 'x');
    EXPECT_EQ(PosixCommands().run(command).value().output, "3145728\n");
}

TEST(PosixCommands, need_not_read_their_input) {
    Command command = shell("exit 0");
    command.input = std::string(3 << 20, 'x');
    EXPECT_EQ(PosixCommands().run(command).value().status, 0);
}

TEST(PosixCommands, may_print_much) {
    EXPECT_EQ(PosixCommands().run(shell("head -c 5000000 /dev/zero")).value().output.size(), 5000000u);
}

TEST(PosixCommands, that_print_without_end_are_refused_not_cut) {
    EXPECT_THAT(PosixCommands().run(shell("head -c 70000000 /dev/zero")).error().what,
                HasSubstr("sh printed more than 64 MiB"));
}

TEST(PosixCommands, that_are_killed_are_told_of_with_what_they_said) {
    Command command = shell("echo no room >&2; sleep 600");
    command.timeout = Seconds(10);
    EXPECT_THAT(PosixCommands().run(command).error().what, HasSubstr("within 10 s; it said: no room"));
}

TEST(PosixCommands, run_in_their_directory) {
    support::TempDirectory temp;
    Command command = shell("pwd");
    command.directory = temp.path();
    EXPECT_EQ(PosixCommands().run(command).value().output, temp.path() + "\n");
}

TEST(PosixCommands, that_a_signal_ended_say_which) {
    EXPECT_EQ(PosixCommands().run(shell("kill -9 $$")).value().status, 137);
}

TEST(PosixCommands, that_do_not_end_are_killed_with_their_children) {
    Command command = shell("sleep 600 & echo $! > \"$0\"; wait");
    support::TempDirectory temp;
    command.argv.push_back(temp / "pid");
    command.timeout = Seconds(10);
    auto done = PosixCommands().run(command);
    ASSERT_FALSE(done);
    EXPECT_TRUE(may_pass(done.error()));
    EXPECT_THAT(done.error().what, HasSubstr("sh did not answer within 10 s"));
    EXPECT_TRUE(::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD) << "its child was not collected";
    pid_t child = 0;
    std::ifstream(temp / "pid") >> child;
    ASSERT_GT(child, 0);
    // A kill is not waited for: the kernel takes its time with a grandchild.
    for (int i = 0; i < 6000 && runs(child); ++i) ::usleep(10'000);
    EXPECT_FALSE(runs(child));
}

TEST(PosixCommands, do_not_wait_for_what_they_leave_behind) {
    auto done = PosixCommands().run(shell("sleep 600 & echo $!"));
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(::kill(std::stoi(done->output), SIGKILL), 0);
}

TEST(PosixCommands, that_are_not_there_are_not_found) {
    auto done = PosixCommands().run({{"no-such-program"}, {"PATH=/usr/bin:/bin"}, "", "", Seconds(1)});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::not_found);
    EXPECT_THAT(done.error().what, HasSubstr("no-such-program"));
}

TEST(PosixCommands, leave_the_children_of_others_alone) {
    PosixProcesses processes;
    Spawn spawn;
    spawn.argv = {"sh", "-c", "exit 3"};
    spawn.environment = {"PATH=/usr/bin:/bin"};
    auto child = processes.spawn(spawn);
    ASSERT_TRUE(child);
    siginfo_t ended_itself{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid), &ended_itself, WEXITED | WNOWAIT), 0);
    ASSERT_TRUE(PosixCommands().run(shell("exit 0")));
    auto ended = processes.reap();
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].status, 3);
}

}  // namespace
}  // namespace tw
