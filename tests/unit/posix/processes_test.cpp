#include "posix/processes.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "posix/filesystem.hpp"
#include "posix/proc.hpp"
#include "support/descriptor_limit.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

template <class Condition>
bool eventually(Condition condition) {
    auto end = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

class ProcessesTest : public ::testing::Test {
protected:
    support::TempDirectory temp;
    std::unique_ptr<FileSystem> fs = PosixFileSystem::open(temp.path()).value();
    PosixProcesses processes;

    Spawn shell(const std::string& script) {
        Spawn spawn;
        spawn.argv = {"sh", "-c", script};
        spawn.environment = {"PATH=/usr/bin:/bin", "GREETING=hello world"};
        spawn.directory = temp.path();
        spawn.output = spawn.error = temp / "out";
        return spawn;
    }
    int finish(const ProcessId& id) {
        int status = -1;
        eventually([&] {
            for (const auto& exit : processes.reap()) {
                if (exit.pid == id.pid) status = exit.status;
            }
            return status >= 0;
        });
        return status;
    }
    int run(const std::string& script) { return finish(processes.spawn(shell(script)).value()); }
    std::string output() { return fs->read("out", 0, 1 << 20).value(); }
};

TEST_F(ProcessesTest, ChildGetsDirectoryEnvironmentAndOutputs) {
    EXPECT_EQ(run("pwd -P; echo \"$GREETING\"; echo bad >&2; env | sort; cat"), 0);
    EXPECT_THAT(output(), HasSubstr(temp.path() + "\nhello world\nbad\nGREETING=hello world\n"));
    EXPECT_THAT(output(), ::testing::Not(HasSubstr("HOME=")));
}

TEST_F(ProcessesTest, OutputsAreAppendedAndCanBeSplit) {
    Spawn spawn = shell("echo good; echo bad >&2");
    spawn.error = temp / "err";
    for (int i = 0; i < 2; ++i) EXPECT_EQ(finish(processes.spawn(spawn).value()), 0);
    EXPECT_EQ(output(), "good\ngood\n");
    EXPECT_EQ(fs->read("err", 0, 100).value(), "bad\nbad\n");
    spawn.output = spawn.error = "";
    EXPECT_EQ(finish(processes.spawn(spawn).value()), 0);
}

TEST_F(ProcessesTest, ExitStatuses) {
    EXPECT_EQ(run("exit 0"), 0);
    EXPECT_EQ(run("exit 3"), 3);
    EXPECT_EQ(run("exit 255"), 255);
    EXPECT_EQ(run("kill -TERM $$"), 128 + SIGTERM);
    EXPECT_EQ(run("kill -KILL $$"), 128 + SIGKILL);
}

TEST_F(ProcessesTest, ProgramsByPathAreFoundInTheDirectory) {
    ASSERT_TRUE(fs->create("train.sh", "#!/bin/sh\necho trained\n", 0700));
    Spawn spawn = shell("");
    spawn.argv = {"./train.sh"};
    EXPECT_EQ(finish(processes.spawn(spawn).value()), 0);
    EXPECT_EQ(output(), "trained\n");
}

TEST_F(ProcessesTest, ProgramsByNameAreFoundInTheChildsPath) {
    ASSERT_TRUE(fs->make_directory("bin"));
    ASSERT_TRUE(fs->create("bin/train", "#!/bin/sh\necho trained\n", 0700));
    for (std::string path : {temp / "bin", std::string("/none:bin"), "/none::" + (temp / "bin")}) {
        Spawn spawn = shell("");
        spawn.argv = {"train"};
        spawn.environment = {"PATH=" + path};
        EXPECT_EQ(finish(processes.spawn(spawn).value()), 0) << path;
    }
    EXPECT_EQ(output(), "trained\ntrained\ntrained\n");
}

TEST_F(ProcessesTest, SaysWhyNothingStarted) {
    auto why = [&](const Spawn& spawn) { return processes.spawn(spawn).error().what; };
    Spawn spawn = shell("");
    spawn.argv = {"no-such-program-of-ours"};
    EXPECT_EQ(why(spawn), "cannot start 'no-such-program-of-ours': it is not in PATH");
    spawn.argv = {"./none.sh"};
    EXPECT_EQ(why(spawn), "cannot start ./none.sh: No such file or directory");
    spawn = shell("");
    spawn.directory = temp / "none";
    EXPECT_EQ(why(spawn), "cannot enter " + (temp / "none") + ": No such file or directory");
    spawn = shell("");
    spawn.error = temp / "none/err";
    EXPECT_EQ(why(spawn), "cannot write " + (temp / "none/err") + ": No such file or directory");
    spawn.argv.clear();
    EXPECT_EQ(processes.spawn(spawn).error().code, Code::invalid);
    EXPECT_TRUE(processes.reap().empty());
}

TEST_F(ProcessesTest, NoDescriptorLeaks) {
    int inherited = ::open("/dev/null", O_RDONLY);  // not CLOEXEC, as from a careless parent
    auto log = fs->create_appender("log").value();
    EXPECT_EQ(run("i=0; while [ $i -lt 64 ]; do [ -e /proc/$$/fd/$i ] && echo $i; i=$((i+1)); done; :"), 0);
    EXPECT_EQ(output(), "0\n1\n2\n");
    ::close(inherited);
}

TEST_F(ProcessesTest, SignalsAreAsNewInTheChild) {
    sigset_t block, before;
    ::sigemptyset(&block);
    ::sigaddset(&block, SIGTERM);
    ::sigaddset(&block, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &block, &before);
    auto old = ::signal(SIGPIPE, SIG_IGN);
    Spawn spawn = shell("");
    spawn.argv = {"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"};
    EXPECT_EQ(finish(processes.spawn(spawn).value()), 0);
    ::signal(SIGPIPE, old);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // 32 and 33 are the C library's own; it may ignore them in children.
    EXPECT_THAT(output(), ::testing::MatchesRegex("SigBlk:\t0+\nSigIgn:\t0{7}[01][08]0{7}\n"));
}

TEST_F(ProcessesTest, IdentityIsPidAndStartTime) {
    auto id = processes.spawn(shell("exec sleep 60")).value();
    EXPECT_GT(id.start_time, 0);
    EXPECT_TRUE(processes.alive(id));
    ProcessId recycled{id.pid, id.start_time - 1};
    EXPECT_FALSE(processes.alive(recycled));
    EXPECT_EQ(processes.signal(recycled, SIGKILL).error().code, Code::not_found);
    EXPECT_TRUE(processes.alive(id));
    EXPECT_TRUE(processes.signal(id, SIGTERM));
    EXPECT_EQ(finish(id), 128 + SIGTERM);
    EXPECT_FALSE(processes.alive(id));
    EXPECT_EQ(processes.signal(id, SIGTERM).error().code, Code::not_found);
}

TEST_F(ProcessesTest, ZombiesAreNotAlive) {
    auto id = processes.spawn(shell("exit 4")).value();
    EXPECT_TRUE(eventually([&] { return !processes.alive(id); }));
    EXPECT_EQ(processes.signal(id, SIGTERM).error().code, Code::not_found);
    EXPECT_EQ(finish(id), 4);
    EXPECT_TRUE(processes.reap().empty());
}

TEST_F(ProcessesTest, SessionsAreTheirOwnUnlessAskedOtherwise) {
    auto session_of = [](const ProcessId& id) {
        ProcStat stat;
        return look_at_process(id.pid, stat) == Look::found ? stat.session : -1;
    };
    Spawn spawn = shell("exec sleep 60");
    auto own = processes.spawn(spawn).value();
    spawn.new_session = false;
    auto shared = processes.spawn(spawn).value();
    EXPECT_EQ(session_of(own), own.pid);
    EXPECT_EQ(session_of(shared), ::getsid(0));
    for (const auto& id : {own, shared}) {
        EXPECT_TRUE(processes.signal(id, SIGKILL));
        EXPECT_EQ(finish(id), 128 + SIGKILL);
    }
}

TEST_F(ProcessesTest, SignalsWholeSessions) {
    auto id = processes.spawn(shell("sleep 60 & sleep 60 & echo ready; wait")).value();
    ASSERT_TRUE(eventually([&] { return fs->stat("out") && !output().empty(); }));
    auto members = [&] {
        auto entries = processes.list().value();
        return std::count_if(entries.begin(), entries.end(),
                             [&](const auto& e) { return e.session == id.pid; });
    };
    EXPECT_EQ(members(), 3);
    EXPECT_TRUE(processes.signal_session(id.pid, SIGKILL));
    EXPECT_EQ(finish(id), 128 + SIGKILL);
    EXPECT_TRUE(eventually([&] { return members() == 0; }));
    EXPECT_EQ(processes.signal_session(id.pid, SIGKILL).error().code, Code::not_found);
    EXPECT_EQ(processes.signal_session(0, SIGKILL).error().code, Code::refused);
}

TEST_F(ProcessesTest, ListShowsArguments) {
    Spawn spawn = shell("");
    spawn.argv = {"sleep", "61.25"};
    auto id = processes.spawn(spawn).value();
    // Between exec and its last step the kernel shows no arguments yet.
    EXPECT_TRUE(eventually([&] {
        auto entries = processes.list().value();
        return std::any_of(entries.begin(), entries.end(),
                           [&](const auto& entry) { return entry.id == id && entry.argv == spawn.argv; });
    }));
    EXPECT_TRUE(processes.signal(id, SIGKILL));
    finish(id);
}

// With one descriptor /proc can be listed, and no process in it read.
TEST_F(ProcessesTest, AListOfWhichSomethingCannotBeReadIsNone) {
    ASSERT_TRUE(processes.list());
    support::DescriptorLimit one(1);
    auto listed = processes.list();
    ASSERT_FALSE(listed);
    EXPECT_THAT(listed.error().text(), HasSubstr("/proc/"));
}

TEST_F(ProcessesTest, ManyChildren) {
    std::set<std::int64_t> waiting;
    for (int i = 0; i < 100; ++i) waiting.insert(processes.spawn(shell("exit 9")).value().pid);
    EXPECT_TRUE(eventually([&] {
        for (const auto& exit : processes.reap()) {
            EXPECT_EQ(exit.status, 9);
            waiting.erase(exit.pid);
        }
        return waiting.empty();
    }));
}

TEST_F(ProcessesTest, KnowsItself) {
    HostIdentity self = processes.self();
    EXPECT_THAT(self.name, ::testing::MatchesRegex("[A-Za-z0-9-]+"));
    EXPECT_EQ(self.boot_id.size(), 36u);
    EXPECT_EQ(self.pid, ::getpid());
    EXPECT_EQ(self.uid, ::geteuid());
    EXPECT_TRUE(processes.same_host(self));
    HostIdentity other = self;
    other.boot_id = "another";
    EXPECT_FALSE(processes.same_host(other));
    other = self;
    other.start_time += 1;
    EXPECT_FALSE(processes.same_host(other));
    EXPECT_GE(processes.cpus(), 1);
    EXPECT_GT(processes.memory(), 1 << 20);
    EXPECT_FALSE(processes.environment().empty());
}

TEST(HostLabel, IsFitForFileNames) {
    EXPECT_EQ(host_label("node-17.cluster.example"), "node-17");
    EXPECT_EQ(host_label("my_host"), "my-host");
    EXPECT_EQ(host_label("\xc3\xa4"), "--");
    EXPECT_EQ(host_label(""), "localhost");
    EXPECT_EQ(host_label(std::string(100, 'x')).size(), 63u);
}

TEST(RandomHex, HasTheLengthAndDiffers) {
    PosixProcesses processes;
    for (int digits : {0, 1, 8, 31, 32}) EXPECT_EQ(processes.random_hex(digits).size(), std::size_t(digits));
    EXPECT_NE(processes.random_hex(16), processes.random_hex(16));
    EXPECT_THAT(processes.random_hex(16), ::testing::MatchesRegex("[0-9a-f]+"));
}

}  // namespace
}  // namespace tw
