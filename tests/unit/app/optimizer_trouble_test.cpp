// An optimizer that cannot see everything proposes nothing: found by tests/simulation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using support::Fault;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct OptimizerTrouble : testing::Test {
    OptimizerWorld world;

    OptimizerTrouble() {
        EXPECT_THAT(world.start(), IsEmpty());
        world.tick();
        world.tick();
        EXPECT_THAT(world.configs(), SizeIs(2));
    }
    void restart() {
        world.optimizer.reset();
        world.processes.restart();
    }
};

TEST_F(OptimizerTrouble, AConfigThatCannotBeReadIsNotProposedAgain) {
    restart();
    world.fs.inject(Fault{.op = "read", .prefix = layout::config("000000"), .code = Code::stale, .times = 1});
    EXPECT_THAT(world.start(), SizeIs(1));
    restart();
    EXPECT_THAT(world.start(), IsEmpty());
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(2));
}

TEST_F(OptimizerTrouble, ADirectoryThatCannotBeListedIsNotProposedAgain) {
    restart();
    world.fs.inject(Fault{.op = "list", .prefix = "trials/000001", .code = Code::io, .times = 1});
    EXPECT_THAT(world.start(), SizeIs(1));
}

TEST_F(OptimizerTrouble, AConfigWhoseOwnerCannotBeSeenIsNotProposedAgain) {
    restart();
    world.fs.inject(Fault{.op = "stat", .prefix = layout::config("000000"), .code = Code::io, .times = 1});
    EXPECT_THAT(world.start(), SizeIs(1));
}

struct OptimizerAside : OptimizerTrouble {
    OptimizerAside() {
        world.watch();
        Trial trial;
        trial.id = "000000";
        trial.revision = 1;
        trial.inode = world.fs.stat("trials/000000").value().inode;
        Ledger ledger;
        Event event;
        event.kind = EventKind::revision;
        event.number = 1;
        event.text = experiment_json(plain_space, R"("trials":6)");
        EXPECT_TRUE(ledger.apply(event).value());
        event = Event{};
        event.kind = EventKind::created;
        event.trial = trial.id;
        event.state = trial;
        EXPECT_TRUE(ledger.apply(event).value());
        event.state.reset();
        event.stage = "train";
        event.attempt = 1;
        for (auto kind : {EventKind::submitted, EventKind::lost}) {
            event.kind = kind;
            EXPECT_TRUE(ledger.apply(event).value());
        }
        EXPECT_TRUE(ledger.find(trial.id)->quarantine);
        auto segment = read_newest(world.fs).value();
        Owner owner = make_owner(world.processes.self(), "", world.clock.now());
        EXPECT_TRUE(Journal::begin(world.fs, owner, ledger, segment));
        aside = layout::zombies + "/000000." + std::to_string(trial.inode);
        EXPECT_TRUE(world.fs.rename("trials/000000", aside));
    }
    std::string aside;
};

// The watcher renames the directory away and makes it anew: for a while its name is not there.
TEST_F(OptimizerAside, ATrialThatIsBeingSetAsideIsNotForgotten) {
    for (int i = 0; i < 15; ++i) (void)world.optimizer->tick(), world.clock.advance(Seconds(1));
    EXPECT_TRUE(world.optimizer->book().trials().contains("000000"));
    EXPECT_TRUE(world.fs.rename(aside, "trials/000000"));
    for (int i = 0; i < 15; ++i) world.tick();
    EXPECT_THAT(world.unended(), ElementsAre("000000", "000001"));
}

TEST_F(OptimizerAside, ItsNumberIsNotTaken) {
    world.optimizer.reset();
    world.processes.restart();
    EXPECT_THAT(world.start(), IsEmpty());
    for (int i = 0; i < 3; ++i) (void)world.optimizer->tick(), world.clock.advance(Seconds(1));
    EXPECT_FALSE(world.fs.exists("trials/000000"));
}

}  // namespace
}  // namespace tw::test
