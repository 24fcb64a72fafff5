// One optimizer at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct OptimizerLease : ::testing::Test {
    OptimizerWorld world;
    support::FakeProcesses elsewhere{"node2", 7};

    // An optimizer of another host takes the role and says nothing more.
    void held_elsewhere() {
        auto identity = prepare_experiment(world.fs, "0123456789abcdef").value();
        Owner owner = make_owner(elsewhere.self(), identity.id, world.clock.now());
        Lease::take(world.fs, layout::optimizer, owner, std::nullopt).value();
    }
};

TEST_F(OptimizerLease, AnotherLives) {
    ASSERT_THAT(world.start(), IsEmpty());
    auto second = Optimizer::start(world.ports(), {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error()[0].code, Code::busy);
    EXPECT_THAT(second.error()[0].text(), HasSubstr("another trialopt lives: pid"));
}

TEST_F(OptimizerLease, TheRoleOfTheDeadIsTaken) {
    ASSERT_THAT(world.start(), IsEmpty());
    world.restart();
    EXPECT_FALSE(world.released());
    world.optimizer.reset();
    world.processes.reboot();
    EXPECT_THAT(world.start(), IsEmpty());
}

TEST_F(OptimizerLease, OfAnotherHostAfterItsSilence) {
    held_elsewhere();
    Instant begin = world.clock.now();
    EXPECT_THAT(world.start(), IsEmpty());
    EXPECT_GE(world.clock.now() - begin, silence);
}

TEST_F(OptimizerLease, ASignOfLifeRefuses) {
    held_elsewhere();
    world.waker.on_wait = [&](Seconds) { world.fs.put(layout::beats + "/optimizer.1.5", ""); };
    EXPECT_EQ(world.start().at(0).code, Code::busy);
}

TEST_F(OptimizerLease, WithoutWaitingWhereTold) {
    held_elsewhere();
    OptimizerOptions options;
    options.once = true;
    EXPECT_THAT(world.start(options).at(0).text(), HasSubstr("--takeover"));
    options.takeover = true;
    EXPECT_THAT(world.start(options), IsEmpty());
    EXPECT_THAT(world.waker.waits, IsEmpty());
}

TEST_F(OptimizerLease, WhoIsOvertakenLeaves) {
    ASSERT_THAT(world.start(), IsEmpty());
    world.waker.on_wait = [&](Seconds) {
        auto holder = Lease::newest(world.fs, layout::optimizer).value();
        Lease::take(world.fs, layout::optimizer, make_owner(elsewhere.self(), "", world.clock.now()), holder)
            .value();
        world.waker.on_wait = {};
        world.end("000000", 1);
    };
    EXPECT_EQ(world.optimizer->run(), 1);
    EXPECT_THAT(world.configs(), SizeIs(2));
    EXPECT_FALSE(world.released());
    EXPECT_THAT(world.said.text, HasSubstr("another trialopt has taken over"));
}

TEST_F(OptimizerLease, AStopGivesTheRoleBack) {
    ASSERT_THAT(world.start(), IsEmpty());
    world.waker.answers = {Waker::Reason::signal};
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_TRUE(world.released());
    EXPECT_THAT(world.said.text, HasSubstr("Resume with: trialopt /virtual/experiment"));
    EXPECT_THAT(world.fs.list(layout::beats).value(), IsEmpty());
}

TEST_F(OptimizerLease, ARoleThatCannotBeGivenBackIsNoGoodEnd) {
    for (auto [times, status] : {std::pair{3, 0}, std::pair{-1, 1}}) {
        ASSERT_THAT(world.start(), IsEmpty());
        world.waker.answers = {Waker::Reason::signal};
        world.fs.inject({.op = "create", .prefix = layout::optimizer, .times = times});
        EXPECT_EQ(world.optimizer->run(), status);
        EXPECT_EQ(world.released(), status == 0);
        world.fs.clear_faults();
        world.waker.stops = 0;
        world.optimizer.reset();
        world.processes.restart();
    }
    EXPECT_THAT(world.said.text, HasSubstr("trialopt /virtual/experiment"));
}

TEST_F(OptimizerLease, OnceKeepsItUntilTheSearchIsComplete) {
    OptimizerOptions options;
    options.once = true;
    for (int tick = 0; tick < 20 && !world.released(); ++tick) {
        ASSERT_THAT(world.start(options), IsEmpty());
        EXPECT_EQ(world.optimizer->run(), 0);
        for (auto& id : world.unended()) world.end(id, 1);
        world.optimizer.reset();
        world.processes.restart();
        world.clock.advance(Seconds(60));
    }
    EXPECT_TRUE(world.released());
    EXPECT_THAT(world.configs(), SizeIs(6));
    EXPECT_THAT(world.waker.waits, IsEmpty());
    EXPECT_THAT(world.fs.list(layout::beats).value(), IsEmpty());
}

TEST_F(OptimizerLease, AnotherUserIsRefused) {
    world.fs.uid = 4711;
    auto errors = world.start();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("belongs to uid 0"));
    EXPECT_TRUE(world.released());
    std::string group = experiment_json(plain_space, R"("trials":1)");
    world.declare(group.substr(0, group.size() - 1) + R"(,"group":true})");
    EXPECT_THAT(world.start(), IsEmpty());
}

TEST_F(OptimizerLease, ACopyIsRefused) {
    ASSERT_THAT(world.start(), IsEmpty());
    support::VirtualFileSystem copy(world.disk, "/virtual/copy");
    auto started = Optimizer::start({copy, world.clock, world.waker, world.processes, world.said}, {});
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error()[0].code, Code::refused);
}

}  // namespace
}  // namespace tw::test
