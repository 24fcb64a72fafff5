#include "posix/clock.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <memory>

#include "posix/filesystem.hpp"
#include "posix/processes.hpp"
#include "support/temp_directory.hpp"

namespace tw {
namespace {

using Reason = Waker::Reason;
constexpr Seconds at_once{0.02}, long_time{20};

class PosixWakerTest : public ::testing::Test {
    // Shells start background jobs with SIGINT ignored, and the waker would leave it so.
    bool defaults = [] {
        for (int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
        return true;
    }();

protected:
    support::TempDirectory temp;
    std::unique_ptr<FileSystem> fs = PosixFileSystem::open(temp.path()).value();
    std::unique_ptr<PosixWaker> waker = std::make_unique<PosixWaker>(temp.path());
};

TEST(SystemClock, Runs) {
    SystemClock clock;
    auto begin = static_cast<double>(std::time(nullptr));
    double now = clock.now().time_since_epoch().count();
    EXPECT_GE(now, begin - 2);
    EXPECT_LE(now, static_cast<double>(std::time(nullptr)) + 2);
    Seconds before = clock.monotonic();
    EXPECT_GE(clock.monotonic(), before);
}

TEST_F(PosixWakerTest, WaitsAsLongAsTold) {
    SystemClock clock;
    Seconds before = clock.monotonic();
    EXPECT_EQ(waker->wait(Seconds(0.05)), Reason::timeout);
    EXPECT_GE((clock.monotonic() - before).count(), 0.05);
    EXPECT_EQ(waker->wait(Seconds(0)), Reason::timeout);
    EXPECT_EQ(waker->wait(Seconds(-1)), Reason::timeout);
}

TEST_F(PosixWakerTest, WakesForNamesThatComeAndNotForThoseThatGo) {
    ASSERT_TRUE(fs->make_directory("spool"));
    waker->watch("spool");
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
    ASSERT_TRUE(fs->create("spool/x", ""));
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
    ASSERT_TRUE(fs->remove("spool/x"));  // ours, mostly: events that are booked
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
    ASSERT_TRUE(fs->create("tmp", ""));
    ASSERT_TRUE(fs->rename("tmp", "spool/moved"));
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
}

TEST_F(PosixWakerTest, DoesNotWakeForContents) {
    waker->watch("");
    auto log = fs->create_appender("metrics.jsonl").value();
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
    ASSERT_TRUE(log->append("{}\n"));
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
}

TEST_F(PosixWakerTest, FollowsTheNameWhenADirectoryIsReplaced) {
    ASSERT_TRUE(fs->make_directory("trial"));
    waker->watch("trial");
    ASSERT_TRUE(fs->rename("trial", "zombie"));
    ASSERT_TRUE(fs->make_directory("trial"));
    waker->watch("trial");
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
    ASSERT_TRUE(fs->create("zombie/x", ""));
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
    ASSERT_TRUE(fs->create("trial/x", ""));
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
}

TEST_F(PosixWakerTest, UnwatchedAndUnwatchableDirectoriesAreSilent) {
    ASSERT_TRUE(fs->make_directory("d"));
    waker->watch("d");
    waker->watch("none");
    waker->unwatch("d");
    waker->unwatch("none");
    ASSERT_TRUE(fs->create("d/x", ""));
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
}

TEST_F(PosixWakerTest, WakesForChildren) {
    PosixProcesses processes;
    Spawn spawn;
    spawn.argv = {"sh", "-c", "exit 5"};
    spawn.environment = {"PATH=/usr/bin:/bin"};
    ASSERT_TRUE(processes.spawn(spawn));
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
    auto ended = processes.reap();
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].status, 5);
}

TEST_F(PosixWakerTest, CountsStopRequests) {
    EXPECT_EQ(waker->interrupts(), 0);
    ::kill(::getpid(), SIGTERM);
    EXPECT_EQ(waker->wait(long_time), Reason::signal);
    EXPECT_EQ(waker->interrupts(), 1);
    ::kill(::getpid(), SIGINT);
    EXPECT_EQ(waker->interrupts(), 2);  // without a wait
    ::kill(::getpid(), SIGHUP);
    EXPECT_EQ(waker->wait(long_time), Reason::signal);
    EXPECT_EQ(waker->interrupts(), 3);
}

TEST_F(PosixWakerTest, AChildThatEndedWhileSignalsWereReadStillWakes) {
    ::kill(::getpid(), SIGCHLD);
    EXPECT_EQ(waker->interrupts(), 0);
    EXPECT_EQ(waker->wait(long_time), Reason::hint);
    EXPECT_EQ(waker->wait(at_once), Reason::timeout);
}

TEST_F(PosixWakerTest, GivesTheSignalsBack) {
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_TRUE(::sigismember(&mask, SIGTERM));
    ::kill(::getpid(), SIGTERM);
    waker.reset();  // and the pending one does not end the test
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_FALSE(::sigismember(&mask, SIGTERM));
}

TEST_F(PosixWakerTest, LeavesIgnoredSignalsIgnored) {
    waker.reset();
    auto before = ::signal(SIGHUP, SIG_IGN);  // nohup
    PosixWaker under_nohup(temp.path());
    ::kill(::getpid(), SIGHUP);
    EXPECT_EQ(under_nohup.wait(at_once), Reason::timeout);
    EXPECT_EQ(under_nohup.interrupts(), 0);
    ::signal(SIGHUP, before);
}

}  // namespace
}  // namespace tw
