#include "posix/conversation.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>

#include "posix/clock.hpp"
#include "posix/marked.hpp"
#include "posix/processes.hpp"
#include "support/descriptor_limit.hpp"

namespace tw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Spawn shell(const std::string& script, std::vector<std::string> environment = {"PATH=/usr/bin:/bin"}) {
    Spawn spawn;
    spawn.argv = {"sh", "-c", script};
    spawn.environment = std::move(environment);
    return spawn;
}

struct Conversing : testing::Test {
    PosixWaker waker{"/tmp"};
    PosixConversations conversations;
    std::unique_ptr<Conversation> other;

    void begin(const std::string& script) {
        auto made = conversations.begin(shell(script));
        ASSERT_TRUE(made) << made.error().text();
        other = std::move(*made);
    }
    std::vector<std::string> hear(std::size_t count) {
        std::vector<std::string> lines;
        while (lines.size() < count && !other->over()) {
            for (auto& line : other->heard()) lines.push_back(line);
            if (lines.size() < count && !other->over()) waker.wait(Seconds(0.05));
        }
        return lines;
    }
};

TEST_F(Conversing, lines_go_there_and_come_back) {
    begin("while read -r line; do echo \"heard $line\"; done; echo bye");
    other->say("one two");
    other->say("three");
    EXPECT_THAT(hear(2), ElementsAre("heard one two", "heard three"));
    EXPECT_FALSE(other->over());
}

TEST_F(Conversing, the_end_is_heard_after_all_that_was_said) {
    begin("echo a; echo b; printf unfinished");
    EXPECT_THAT(hear(3), ElementsAre("a", "b"));
    EXPECT_TRUE(other->over());
    other->say("nobody is there");
    EXPECT_THAT(other->heard(), IsEmpty());
}

// More than a pipe holds, to one that does not read yet: nobody waits, and nothing is lost.
TEST_F(Conversing, what_is_not_taken_yet_is_kept) {
    begin("read -r go; echo go; wc -c");
    const std::string line(100'000, 'x');
    other->say("go");
    for (int i = 0; i < 10; ++i) other->say(line);
    EXPECT_THAT(hear(1), ElementsAre("go"));
    begin("sleep 0.3; head -c 1000010 | wc -c");
    for (int i = 0; i < 10; ++i) other->say(line);
    auto lines = hear(1);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(std::stol(lines[0]), 1000010);
}

TEST_F(Conversing, what_is_said_wakes) {
    begin("read -r go; echo there");
    EXPECT_THAT(other->heard(), IsEmpty());
    other->say("go");
    EXPECT_EQ(waker.wait(Seconds(60)), Waker::Reason::hint);
}

TEST_F(Conversing, a_program_that_is_not_there_is_an_error) {
    Spawn spawn = shell("");
    spawn.argv = {"no-such-program-xyz"};
    EXPECT_FALSE(conversations.begin(spawn));
}

// Anybody's process that is about to begin puts it off.
void until_none(PosixMarkedProcesses& marked, const std::string& mark) {
    while (!marked.end(mark)) {
    }
}

void until_gone(PosixProcesses& processes, const ProcessId& id) {
    while (processes.alive(id)) {
    }
}

TEST(MarkedProcesses, are_ended_wherever_they_are) {
    PosixProcesses processes;
    PosixMarkedProcesses marked;
    const std::string mark = "TRIALWATCH_RANK=" + processes.random_hex(16);
    until_none(marked, mark);
    auto started =
        processes.spawn(shell("setsid sleep 1000 & sleep 1000; true", {"PATH=/usr/bin:/bin", mark}));
    auto other = processes.spawn(shell("sleep 1000; true", {"PATH=/usr/bin:/bin", mark + "1"}));
    ASSERT_TRUE(started && other);
    EXPECT_FALSE(marked.end(mark));
    until_none(marked, mark);
    until_gone(processes, *started);
    EXPECT_TRUE(processes.alive(*other));
    EXPECT_TRUE(processes.signal_session(other->pid, SIGKILL));
}

// It has begun as far as its parent knows, and shows no environment yet.
TEST(MarkedProcesses, what_is_about_to_begin_may_be_one) {
    PosixProcesses processes;
    PosixMarkedProcesses marked;
    const std::string mark = "TRIALWATCH_RANK=" + processes.random_hex(16);
    for (int i = 0; i < 50; ++i) {
        auto started = processes.spawn(shell("exec sleep 1000", {"PATH=/usr/bin:/bin", mark}));
        ASSERT_TRUE(started);
        ASSERT_FALSE(marked.end(mark));
        until_none(marked, mark);
        until_gone(processes, *started);
    }
}

// As long as it lives.
TEST(MarkedProcesses, what_has_no_environment_is_none) {
    PosixProcesses processes;
    PosixMarkedProcesses marked;
    auto started = processes.spawn(shell("exec sleep 1000", {}));
    ASSERT_TRUE(started);
    until_none(marked, "TRIALWATCH_RANK=nobody");
    EXPECT_TRUE(processes.alive(*started));
    EXPECT_TRUE(processes.signal_session(started->pid, SIGKILL));
}

TEST(MarkedProcesses, what_cannot_be_read_may_be_one) {
    PosixMarkedProcesses marked;
    {
        support::DescriptorLimit one(1);  // for the list of processes
        EXPECT_FALSE(marked.end("TRIALWATCH_RANK=nobody"));
    }
    until_none(marked, "TRIALWATCH_RANK=nobody");
}

}  // namespace
}  // namespace tw
