// The end of a search: who is waited for, and who is told.
#include "trialdir/lease.hpp"
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

struct WatcherEnd : testing::Test {
    WatcherWorld world{
        train_stage() +
        R"(,"limits":{"pause_after":1},"hooks":{"done":"tell done","failed":"tell failed","paused":"tell paused"})"};

    WatcherEnd() { world.options.until_done = true; }

    // The job of every trial ends while the watcher waits.
    void play(int rc = 0) {
        world.waker.on_wait = [this, rc](Seconds) {
            for (auto& [job, state] : std::map(world.backend.jobs)) world.run(job, rc);
        };
    }
    int run() {
        EXPECT_TRUE(world.start().empty());
        return world.watcher->run();
    }
    // "EVENT TRIAL TEXT" of every hook that was run.
    std::vector<std::string> told(const std::string& command) const {
        std::vector<std::string> lines;
        for (auto& started : world.processes.started)
            if (started.spawn.argv.back() == command)
                lines.push_back(value(started.spawn, "TRIALWATCH_EVENT") + " " +
                                value(started.spawn, "TRIAL_ID") + " " +
                                value(started.spawn, "TRIALWATCH_TEXT"));
        return lines;
    }
    static std::string value(const Spawn& spawn, const std::string& name) {
        for (auto& entry : spawn.environment)
            if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
        return "?";
    }
};

TEST_F(WatcherEnd, WhoHoldsTheOptimizersRoleIsWaitedFor) {
    world.trial("000001");
    ASSERT_TRUE(world.start().empty());
    auto lease = Lease::take(world.fs, layout::optimizer,
                             make_owner(world.processes.self(), "", world.clock.now()), {});
    ASSERT_TRUE(lease);
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (++waits == 1) world.run(WatcherWorld::job("000001"));
        if (waits == 20) world.trial("000002");
        if (waits == 25) world.run(WatcherWorld::job("000002"));
        if (waits == 30) (void)lease->release();
        if (waits == 60) world.waker.stops = 1;  // it waits for ever
    };
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_GE(waits, 30);
    EXPECT_LT(waits, 60);
    EXPECT_TRUE(world.ended("000002"));
}

TEST_F(WatcherEnd, WithoutTheRoleItEndsWithTheTrials) {
    world.trial("000001");
    play();
    EXPECT_EQ(run(), 0);
    EXPECT_TRUE(world.ended("000001"));
}

TEST_F(WatcherEnd, AConfigThatIsBeingWrittenIsWaitedFor) {
    world.trial("000001");
    world.trial("000002", "{");
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (++waits == 1) world.run(WatcherWorld::job("000001"));
        if (waits == 2) world.trial("000002");
        for (auto& [job, state] : std::map(world.backend.jobs)) world.run(job);
    };
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(world.outcome("000002").state, EndState::complete);
}

// A tried trial ends its own watcher, whatever the search it belongs to waits for.
TEST_F(WatcherEnd, OneTrialAloneWaitsForNoOther) {
    world.trials(2);
    world.tick();
    world.restart();
    ASSERT_TRUE(Lease::take(world.fs, layout::optimizer,
                            make_owner(world.processes.self(), "", world.clock.now()), {}));
    world.options.only = "000001";
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (world.backend.jobs.contains(WatcherWorld::job("000001"))) world.run(WatcherWorld::job("000001"));
        if (++waits == 60) world.waker.stops = 1;  // it waits for ever
    };
    EXPECT_EQ(run(), 0);
    EXPECT_LT(waits, 60);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_FALSE(world.ended("000000"));
}

TEST_F(WatcherEnd, OneTrialThatIsNotThereIsNotWaitedFor) {
    world.trials(2);
    world.options.only = "000007";
    int waits = 0;
    world.waker.on_wait = [&](Seconds) {
        if (++waits == 60) world.waker.stops = 1;  // it waits for ever
    };
    EXPECT_EQ(run(), 0);
    EXPECT_LT(waits, 60);
    EXPECT_THAT(world.backend.refs(), IsEmpty());
}

TEST_F(WatcherEnd, TheHookIsToldOnceThatTheSearchHasEnded) {
    world.trials(3);
    play();
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(told("tell done"), ElementsAre("done  the search has ended"));
    EXPECT_THAT(world.processes.started.back().spawn.argv, ElementsAre("/bin/sh", "-c", "tell done"));
    EXPECT_EQ(world.processes.started.back().spawn.directory, world.fs.root());
    EXPECT_THAT(told("tell failed"), IsEmpty());
    EXPECT_THAT(told("tell paused"), IsEmpty());
}

TEST_F(WatcherEnd, TheHookIsNotToldOfOneTrialAlone) {
    world.trials(2);
    world.options.only = "000001";
    play();
    EXPECT_EQ(run(), 0);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_THAT(told("tell done"), IsEmpty());
}

TEST_F(WatcherEnd, TheHookIsNotToldOfAnInterrupt) {
    world.trial("000001");
    world.waker.answers = {Waker::Reason::signal};
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(told("tell done"), IsEmpty());
}

TEST_F(WatcherEnd, TheHookIsNotToldOfATickThatLeftWorkBehind) {
    world.trial("000001");
    world.options.once = true;
    EXPECT_EQ(run(), 0);
    EXPECT_FALSE(world.ended("000001"));
    EXPECT_THAT(told("tell done"), IsEmpty());
}

TEST_F(WatcherEnd, ATrialThatIsMadeAtTheLastMomentIsNotLeftBehind) {
    world.trial("000001");
    world.waker.on_wait = [this](Seconds) {
        for (auto& [job, state] : std::map(world.backend.jobs)) world.run(job);
        if (world.ended("000001") && !world.fs.exists(layout::config("000002"))) world.trial("000002");
    };
    EXPECT_EQ(run(), 0);
    EXPECT_TRUE(world.ended("000002"));
}

TEST_F(WatcherEnd, TheHookIsNotToldOfASearchThatIsOnlyWatched) {
    world.options.until_done = false;
    world.trial("000001");
    play();
    for (int i = 0; i < 5; ++i) world.waker.answers.push_back(Waker::Reason::timeout);
    world.waker.answers.push_back(Waker::Reason::signal);
    EXPECT_EQ(run(), 0);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_THAT(told("tell done"), IsEmpty());
}

TEST_F(WatcherEnd, FailuresAndPausesHaveTheirHooksAndAPausedSearchHasNotEnded) {
    world.trial("000001");
    play(3);
    EXPECT_EQ(run(), 1);
    EXPECT_THAT(told("tell failed"), ElementsAre("failed 000001 exit status 3"));
    EXPECT_THAT(told("tell paused"),
                ElementsAre("paused  1 trials in a row failed alike: train: exit status 3"));
    EXPECT_THAT(told("tell done"), IsEmpty());
}

TEST_F(WatcherEnd, HooksWaitForTheJournal) {
    world.options.until_done = false;
    world.trial("000001");
    world.tick();
    world.run(WatcherWorld::job("000001"), 3);
    world.break_journal();
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(world.watcher->tick());
    EXPECT_THAT(world.processes.started, IsEmpty());
    world.fs.clear_faults();
    world.ticks(2);
    EXPECT_THAT(told("tell failed"), SizeIs(1));
    EXPECT_THAT(told("tell paused"), SizeIs(1));
}

TEST_F(WatcherEnd, HooksAreNotToldAgainByTheNextWatcher) {
    world.options.until_done = false;
    world.trial("000001");
    world.tick();
    world.run(WatcherWorld::job("000001"), 3);
    world.ticks(2);
    world.restart();
    world.ticks(3);
    EXPECT_THAT(told("tell failed"), SizeIs(1));
    EXPECT_THAT(told("tell paused"), SizeIs(1));
}

}  // namespace
}  // namespace tw::test
