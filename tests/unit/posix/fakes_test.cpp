#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "support/fake_clock.hpp"
#include "support/fake_processes.hpp"

namespace tw::support {
namespace {

using ::testing::ElementsAre;

TEST(FakeClock, MovesOnlyWhenTold) {
    FakeClock clock;
    auto now = clock.now();
    auto monotonic = clock.monotonic();
    clock.advance(Seconds(5));
    clock.jump(Seconds(-3600));
    EXPECT_EQ((clock.now() - now).count(), 5 - 3600);
    EXPECT_EQ((clock.monotonic() - monotonic).count(), 5);
}

TEST(FakeWaker, AnswersAndRecords) {
    FakeClock clock;
    FakeWaker waker(&clock);
    waker.answers = {Waker::Reason::hint, Waker::Reason::signal};
    auto before = clock.now();
    EXPECT_EQ(waker.wait(Seconds(10)), Waker::Reason::hint);
    EXPECT_EQ(waker.wait(Seconds(10)), Waker::Reason::signal);
    EXPECT_EQ(waker.interrupts(), 1);
    EXPECT_EQ(clock.now(), before);
    EXPECT_EQ(waker.wait(Seconds(10)), Waker::Reason::timeout);
    EXPECT_EQ((clock.now() - before).count(), 10);
    EXPECT_EQ(waker.waits.size(), 3u);
}

class FakeProcessesTest : public ::testing::Test {
protected:
    FakeProcesses host;
    Spawn spawn{.argv = {"./train.sh"}, .directory = "/d"};
};

TEST_F(FakeProcessesTest, ChildrenEndWhenTheTestSays) {
    auto id = host.spawn(spawn).value();
    EXPECT_TRUE(host.alive(id));
    EXPECT_TRUE(host.reap().empty());
    host.finish(id.pid, 3);
    EXPECT_FALSE(host.alive(id));
    auto ended = host.reap();
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].status, 3);
    EXPECT_EQ(host.started.at(0).spawn.argv, spawn.argv);
}

TEST_F(FakeProcessesTest, SignalsEndAndAreRecorded) {
    auto id = host.spawn(spawn).value();
    EXPECT_EQ(host.signal({id.pid, id.start_time + 1}, SIGTERM).error().code, Code::not_found);
    EXPECT_TRUE(host.signal_session(id.pid, SIGTERM));
    EXPECT_THAT(host.signals, ElementsAre(SentSignal{id, SIGTERM}));
    EXPECT_EQ(host.reap().at(0).status, 128 + SIGTERM);
}

TEST_F(FakeProcessesTest, ARebootEndsAllAndIsSeen) {
    auto before = host.self();
    auto id = host.spawn(spawn).value();
    host.reboot();
    EXPECT_NE(host.self().boot_id, before.boot_id);
    EXPECT_FALSE(host.same_host(before));
    EXPECT_TRUE(host.reap().empty());
    EXPECT_FALSE(host.alive(id));
}

TEST_F(FakeProcessesTest, ARestartOrphansTheChildren) {
    auto id = host.spawn(spawn).value();
    auto before = host.self();
    host.restart();
    EXPECT_TRUE(host.alive(id));
    EXPECT_FALSE(host.same_host(before));
    EXPECT_TRUE(host.same_host(host.self()));
    host.finish(id.pid, 0);
    EXPECT_TRUE(host.reap().empty());
}

TEST_F(FakeProcessesTest, SpawnsCanFail) {
    host.fail_spawns({Code::io, "no more processes"}, 2);
    EXPECT_FALSE(host.spawn(spawn));
    EXPECT_FALSE(host.spawn(spawn));
    EXPECT_TRUE(host.spawn(spawn));
}

TEST_F(FakeProcessesTest, RandomComesFromTheSeed) {
    FakeProcesses same;
    EXPECT_EQ(host.random_hex(20), same.random_hex(20));
    EXPECT_NE(host.random_hex(20), host.random_hex(20));
}

}  // namespace
}  // namespace tw::support
