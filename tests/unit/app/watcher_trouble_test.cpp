// A look that fails says nothing, and an act that fails is tried again: found by tests/simulation.
#include "trialdir/claims.hpp"
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

using support::Fault;

const JobRef first = WatcherWorld::job("000001"), second = WatcherWorld::job("000001", 2);

struct WatcherTrouble : testing::Test {
    WatcherWorld world{train_stage(R"("resources":{"time":"60s"},)")};

    WatcherTrouble() { world.trial("000001"); }

    void fail(const std::string& op, const std::string& prefix, int times = 1, Code code = Code::io) {
        world.fs.inject(Fault{.op = op, .prefix = prefix, .code = code, .times = times});
    }
    void lose(const JobRef& job) {  // without a word, and nobody confirms it
        world.claim(job);
        world.tick();
        world.backend.jobs.erase(job);
    }
};

TEST_F(WatcherTrouble, AResultThatCannotBeReadNowIsReadLater) {
    world.tick();
    fail("read", "trials/000001/result.json", 2);
    world.run(first);
    world.ticks(2);
    EXPECT_FALSE(world.ended("000001"));
    world.ticks(3);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
}

TEST_F(WatcherTrouble, AResultThatIsListedAndNotFoundByNameIsReadLater) {
    world.tick();
    fail("read", "trials/000001/result.json", 2, Code::not_found);
    world.run(first);
    world.ticks(5);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
}

TEST_F(WatcherTrouble, AConfigThatCannotBeReadNowIsNotRefused) {
    fail("read", layout::config("000001"), 5);
    world.ticks(8);
    EXPECT_THAT(world.backend.refs(), ElementsAre(first));
}

TEST_F(WatcherTrouble, AnOutcomeThatCannotBeReadNowIsNotRunAgain) {
    world.tick();
    world.run(first);
    world.ticks(3);
    ASSERT_TRUE(world.ended("000001"));
    WatcherWorld other(train_stage());  // the same experiment with another journal
    other.trial("000001");
    other.fs.put(layout::outcome("000001"), *world.fs.get(layout::outcome("000001")));
    other.fs.inject(
        Fault{.op = "read", .prefix = layout::outcome("000001"), .code = Code::stale, .times = 3});
    other.ticks(6);
    EXPECT_THAT(other.backend.submitted, IsEmpty());
    EXPECT_EQ(other.known("000001").state, TrialState::complete);
}

TEST_F(WatcherTrouble, NothingIsMissingWhileTheSpoolCannotBeRead) {
    world.tick();
    lose(first);
    fail("list", layout::spool, 1);
    world.tick();
    world.post(SpoolKind::exit, first, 0, true);
    world.fs.put("trials/000001/result.json", R"({"cost":1})");
    world.ticks(3);
    EXPECT_EQ(world.outcome("000001").attempts, 1);
}

TEST_F(WatcherTrouble, WhoseEndCannotBeBookedNowIsNotMissing) {
    world.tick();
    world.claim(first);
    world.tick();
    fail("read", layout::claim(first.trial, first.key), 3);
    world.end(first);
    world.ticks(6);
    EXPECT_EQ(world.outcome("000001").attempts, 1);
}

TEST_F(WatcherTrouble, AClaimThatWentWithThePowerIsLost) {
    world.tick();
    world.claim(first);
    world.tick();
    ASSERT_EQ(world.task("000001").state, TaskState::running);
    world.backend.jobs.clear();
    ASSERT_TRUE(world.fs.remove(layout::claim(first.trial, first.key)));
    world.ticks(2);
    EXPECT_EQ(world.fs.get(layout::claim(first.trial, first.key)), void_claim);
    EXPECT_EQ(world.task("000001").attempt, 2);
    EXPECT_EQ(world.task("000001").kind, "lost");
}

TEST_F(WatcherTrouble, WhatWasGivenUpWhileItWaitedForTheJournalIsNotHandedOver) {
    ASSERT_TRUE(world.start().empty());
    world.fs.inject(Fault{.op = "append", .prefix = layout::journal, .times = 2});
    for (int i = 0; i < 2; ++i) {
        (void)world.watcher->tick();
        world.clock.advance(Seconds(1));
    }
    world.fs.clear_faults();
    world.ticks(12);
    EXPECT_EQ(world.backend.submitted.size(), 1u);
    EXPECT_EQ(world.backend.refs().back().key.attempt, world.task("000001").attempt);
}

TEST_F(WatcherTrouble, ACommandThatWaitsUntilDoneHearsTheSpoolToItsEnd) {
    world.options.until_done = true;
    ASSERT_TRUE(world.start().empty());
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (++waits == 1) world.run(first);
        if (waits == 2) fail("list", layout::spool, 3);
        if (waits > 40) world.waker.stops = 1;
    };
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_EQ(world.spooled(), "");
    EXPECT_GT(waits, 4);
}

TEST_F(WatcherTrouble, AnOutcomeIsPublishedThoughTheDirectoryCouldNotBeSeen) {
    world.tick();
    world.run(first);
    fail("stat", "trials/000001", 4, Code::stale);
    world.ticks(8);
    EXPECT_TRUE(world.ended("000001"));
}

TEST_F(WatcherTrouble, AnOutcomeThatCannotBeReadIsNotTakenAway) {
    world.tick();
    world.run(first);
    fail("list", layout::claims_of("000001"), 1);  // published, and to be settled again
    fail("read", layout::outcome("000001"), 1);
    bool removed = false;
    world.fs.on_access([&](auto& access) -> Status {
        removed = removed || (access.op == "remove" && access.path == layout::outcome("000001"));
        return {};
    });
    world.ticks(5);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_FALSE(removed);
}

TEST_F(WatcherTrouble, ClaimsThatAnOvertakenOwnerMadeTooLateGo) {
    world.tick();
    world.run(first);
    world.ticks(3);
    ASSERT_FALSE(world.fs.exists(layout::claims_of("000001")));
    ASSERT_TRUE(void_attempt(world.fs, first.trial, second.key));
    world.restart();
    world.tick();
    EXPECT_FALSE(world.fs.exists(layout::claims_of("000001")));
}

TEST_F(WatcherTrouble, AWallClockThatJumpsEndsNoJob) {
    world.disk->follow([&, begin = world.clock.monotonic(), now = world.clock.now()] {
        return now + (world.clock.monotonic() - begin);
    });
    world.tick();
    world.claim(first);
    world.ticks(2);
    world.clock.jump(Seconds(7200));
    world.ticks(12);
    EXPECT_THAT(world.backend.cancelled, IsEmpty());
    world.ticks(60);
    EXPECT_THAT(world.backend.cancelled, SizeIs(testing::Ge(1u)));  // by the time that really passed
}

struct WatcherAside : WatcherTrouble {
    WatcherAside() {
        world.backend.confirms_death = false;
        world.tick();
        lose(first);
    }
};

TEST_F(WatcherAside, ACopyThatFailsIsTriedAgainAndTheTrialIsNotGone) {
    fail("create", layout::zombies, 3, Code::no_space);
    world.ticks(30);
    EXPECT_EQ(world.known("000001").state, TrialState::running);
    EXPECT_TRUE(world.fs.exists(layout::config("000001")));
    EXPECT_THAT(world.backend.refs(), ElementsAre(first, second));
}

TEST_F(WatcherAside, AWatcherThatIsKilledOnTheWayIsFollowedByOneThatFinishes) {
    world.fs.on_access([](auto& access) -> Status {
        if (access.op == "create" && access.path.starts_with(layout::zombies))
            throw std::runtime_error("killed");
        return {};
    });
    EXPECT_THROW(world.ticks(5), std::runtime_error);
    world.fs.on_access(nullptr);
    world.restart();
    world.ticks(30);
    EXPECT_EQ(world.known("000001").state, TrialState::running);
    EXPECT_TRUE(world.fs.exists(layout::config("000001")));
}

// The kill is taken in the round that sets the directory aside.
TEST_F(WatcherAside, ATrialThatIsKilledOnTheWayIsToldInItsDirectory) {
    auto die_at = [&](const std::string& op, const std::string& path) {
        world.fs.on_access([=, this](auto& access) -> Status {
            bool here = access.op == op && access.path == path;
            if (here && (op != "sync_all" || world.fs.exists(layout::zombies + "/.000001.tmp")))
                throw std::runtime_error("killed");
            return {};
        });
        EXPECT_THROW(world.ticks(5), std::runtime_error);
        world.fs.on_access(nullptr);
        world.restart();
    };
    die_at("rename", "trials/000001");
    world.request("000001", "kill");
    die_at("sync_all", "");
    world.ticks(10);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_TRUE(world.fs.exists(layout::config("000001")));
}

}  // namespace
}  // namespace tw::test
