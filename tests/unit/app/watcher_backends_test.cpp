// What backends say of ends and holds, and how arrays are handed over.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

struct EndsWorld {
    WatcherWorld world;
    JobRef first = WatcherWorld::job("000001");
    EndsWorld() { world.trial("000001"); }

    void start(bool claimed) {
        world.tick();
        if (claimed) world.claim(first);
        world.tick();
        world.backend.jobs.clear();
    }
    void say(EndCause cause, const std::string& detail, bool confirmed = true) {
        world.backend.ends[first] = {cause, 0, confirmed, detail};
        world.ticks(2);
    }
    const Task& task() { return world.task("000001"); }
};

struct WatcherEnds : testing::Test, EndsWorld {};

TEST_F(WatcherEnds, WhatTheScriptDidIsCharged) {
    for (auto& [cause, kind] :
         {std::pair{EndCause::memory, "exit"}, std::pair{EndCause::time_limit, "timeout"},
          std::pair{EndCause::held, "exit"}}) {
        EndsWorld other;
        other.start(true);
        other.say(cause, "what the system said");
        auto outcome = other.world.outcome("000001");
        EXPECT_EQ(outcome.state, EndState::failed);
        EXPECT_EQ(outcome.kind, kind);
        EXPECT_THAT(outcome.reason, HasSubstr("what the system said"));
    }
}

TEST_F(WatcherEnds, WhatTheClusterDidIsNot) {
    for (auto cause :
         {EndCause::node, EndCause::preempted, EndCause::cancelled, EndCause::exited, EndCause::unknown}) {
        EndsWorld other;
        other.start(true);
        other.say(cause, "what the system said");
        other.world.tick();
        EXPECT_EQ(other.task().counted, 0);
        EXPECT_EQ(other.task().uncounted, 1);
        EXPECT_EQ(other.task().why, "what the system said");
    }
}

TEST_F(WatcherEnds, ADeathThatTheSystemConfirmedNeedsNoNewDirectory) {
    start(true);
    say(EndCause::preempted, "preempted", true);
    EXPECT_FALSE(world.known("000001").quarantine);
    EXPECT_TRUE(world.fs.list(layout::zombies).value().empty());
}

TEST_F(WatcherEnds, ANodeThatDiedMayStillRunIt) {
    start(true);
    say(EndCause::node, "its node failed", false);
    world.ticks(2);
    EXPECT_EQ(world.fs.list(layout::zombies).value().size(), 1u);
}

TEST_F(WatcherEnds, OneThatNeverClaimedIsGivenUpWithTheSystemsWord) {
    start(false);
    say(EndCause::exited, "COMPLETED 0:0");
    EXPECT_EQ(world.fs.get(layout::claim("000001", first.key)), void_claim);
    EXPECT_EQ(task().counted, 0);
    EXPECT_EQ(task().why, "the job ended before it started: COMPLETED 0:0");
    EXPECT_THAT(world.backend.ended, ElementsAre(first));
}

TEST_F(WatcherEnds, AHoldThatDoesNotPassBeforeTheStartFailsTheTrial) {
    start(false);
    say(EndCause::held, "cannot open the output file");
    world.tick();
    auto outcome = world.outcome("000001");
    EXPECT_EQ(outcome.kind, "submit");
    EXPECT_EQ(outcome.reason, "cannot open the output file");
}

TEST_F(WatcherEnds, TheExitEventIsWorthMoreThanTheSystemsWord) {
    start(true);
    world.end(first);
    say(EndCause::node, "its node failed", false);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
}

TEST_F(WatcherEnds, ARequestThatIsRefusedForGoodFailsTheTrialAtOnce) {
    world.backend.refusal = Error{Code::invalid, "invalid partition 'gpuu'"};
    world.ticks(3);
    EXPECT_EQ(world.outcome("000001").kind, "submit");
    EXPECT_THAT(world.outcome("000001").reason, HasSubstr("invalid partition 'gpuu'"));
    EXPECT_THAT(world.backend.submitted, SizeIs(1));
}

TEST_F(WatcherEnds, HostsWhereNothingStartsAreAvoided) {
    for (int attempt = 1; attempt <= 3; ++attempt) {
        world.tick();
        world.give_reason(WatcherWorld::job("000001", attempt), 2);
        world.tick();
        world.clock.advance(Seconds(20));
    }
    world.tick();
    ASSERT_THAT(world.backend.submitted, SizeIs(4));
    EXPECT_THAT(world.backend.submitted[3].avoid, IsEmpty()) << "it may be the only one there is";
    world.claim(WatcherWorld::job("000001", 4), "node2");
    world.ticks(2);
    world.trial("000002");
    world.ticks(2);
    ASSERT_THAT(world.backend.submitted, SizeIs(5));
    EXPECT_THAT(world.backend.submitted[4].avoid, ElementsAre("node1"));
}

// ---- kills

TEST_F(WatcherEnds, AKilledTrialWaitsForTheBackend) {
    start(true);
    world.backend.jobs[first] = JobState::running;
    world.request("000001", "kill");
    world.ticks(60);
    EXPECT_FALSE(world.ended("000001"));
    EXPECT_THAT(world.backend.cancelled,
                ElementsAre(std::pair(first, CancelHow::terminate), std::pair(first, CancelHow::kill)));
    world.backend.jobs.clear();
    say(EndCause::cancelled, "cancelled", true);
    world.tick();
    EXPECT_EQ(world.outcome("000001").state, EndState::killed);
    EXPECT_EQ(world.outcome("000001").reason, "killed");
}

TEST_F(WatcherEnds, ButNotForEverAndThenItSaysSo) {
    start(true);
    world.backend.jobs[first] = JobState::running;
    world.request("000001", "kill");
    world.tick();
    world.clock.advance(Seconds(31));
    world.tick();
    world.clock.advance(Seconds(590));
    world.ticks(2);
    EXPECT_FALSE(world.ended("000001"));
    world.clock.advance(Seconds(20));
    world.ticks(3);
    EXPECT_EQ(world.outcome("000001").state, EndState::killed);
    EXPECT_EQ(world.outcome("000001").reason, "killed; the backend did not confirm that its jobs have ended");
}

TEST_F(WatcherEnds, CalledForAMomentAgainAndAgainItGivesUpInTheEnd) {
    start(true);
    world.backend.jobs[first] = JobState::running;
    world.request("000001", "kill");
    world.tick();
    world.options.once = true;
    for (int hour = 0; hour < 2; ++hour) {
        EXPECT_FALSE(world.ended("000001"));
        world.restart();
        world.clock.advance(hour == 0 ? Seconds(300) : Seconds(3600));
        ASSERT_TRUE(world.start().empty());
        EXPECT_EQ(world.watcher->run(), 0);
    }
    EXPECT_EQ(world.outcome("000001").reason, "killed; the backend did not confirm that its jobs have ended");
}

TEST_F(WatcherEnds, AWatcherThatWasAwayReadsWhatWasPostedAndKillsBeforeItGivesUp) {
    start(true);
    world.backend.jobs[first] = JobState::running;
    world.request("000001", "kill");
    world.tick();
    world.restart();
    world.clock.advance(Seconds(3600));
    world.tick();
    EXPECT_FALSE(world.ended("000001"));
    EXPECT_THAT(world.backend.cancelled, testing::Contains(std::pair(first, CancelHow::kill)));
    world.restart();
    world.clock.advance(Seconds(3600));
    world.end(first, 143);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").reason, "killed");
}

TEST_F(WatcherEnds, WhileTheBackendTakesNothingNoAttemptIsExcused) {
    world.backend.refusal = Error{Code::io, "socket timed out"};
    world.backend.on_submit = [&](auto&) { world.backend.places = 0; };
    for (int i = 0; i < 30; ++i) {
        world.tick();
        world.backend.places = 1000;
    }
    world.backend.refusal.reset();
    world.backend.on_submit = nullptr;
    world.ticks(2);
    EXPECT_EQ(task().uncounted, 0);
    EXPECT_EQ(task().state, TaskState::submitted);
    EXPECT_GT(task().attempt, 10);
    EXPECT_THAT(world.backend.cancelled, testing::Contains(std::pair(first, CancelHow::kill)))
        << "it may be queued in vain";
}

TEST_F(WatcherEnds, WhatWasNotTriedIsHandedOverAgain) {
    world.backend.refusal = Error{Code::not_yet, "slow"};
    world.backend.on_submit = [&](auto&) {
        world.backend.jobs[first] = JobState::queued;
    };  // it is known, and waits
    world.ticks(3);
    ASSERT_THAT(world.backend.submitted, SizeIs(3));
    EXPECT_EQ(world.backend.submitted[0].tasks[0].key, world.backend.submitted[2].tasks[0].key);
    EXPECT_EQ(task().attempt, 1);
}

TEST_F(WatcherEnds, AQueuedOneIsGivenUpAtOnce) {
    start(false);
    world.backend.jobs[first] = JobState::queued;
    world.request("000001", "kill");
    world.ticks(3);
    EXPECT_EQ(world.outcome("000001").reason, "killed");
    EXPECT_THAT(world.backend.ended, ElementsAre(first));
}

// ---- arrays

struct WatcherArrays : testing::Test {
    WatcherWorld world{R"("stages":[
        {"name":"flow","command":["flow"],"array":"flows/*.json","retries":1,"retry_delay":0,"submit":"run_flow.cmd"},
        {"name":"metric","command":["metric"],"done":"result.json"}])"};
    static JobRef task(int number, int attempt = 1) { return {"000001", {1, "flow", number, attempt}}; }

    void inputs(int count) {
        for (int i = 1; i <= count; ++i)
            world.fs.put("trials/000001/flows/" + std::to_string(i) + ".json", "{}");
    }
    std::vector<std::size_t> sizes() {
        std::vector<std::size_t> sizes;
        for (auto& request : world.backend.submitted) sizes.push_back(request.tasks.size());
        return sizes;
    }
};

TEST_F(WatcherArrays, AreHandedOverByOneCall) {
    world.backend.block = 1000;
    inputs(1000);
    world.backend.places = 5000;
    world.trial("000001");
    world.tick();
    EXPECT_THAT(sizes(), ElementsAre(1000u));
    EXPECT_EQ(world.backend.refs()[999], task(1000));
}

TEST_F(WatcherArrays, AreCutIntoBlocks) {
    world.backend.block = 4;
    inputs(10);
    world.trial("000001");
    world.tick();
    EXPECT_THAT(sizes(), ElementsAre(4u, 4u, 2u));
}

TEST_F(WatcherArrays, AreHandedOverOneByOneWhereTheBackendHasNone) {
    inputs(3);
    world.trial("000001");
    world.tick();
    EXPECT_THAT(sizes(), ElementsAre(1u, 1u, 1u));
}

TEST_F(WatcherArrays, TakeNoMoreThanThereIsRoomFor) {
    world.backend.block = 1000;
    world.backend.places = 3;
    inputs(5);
    world.trial("000001");
    world.tick();
    EXPECT_THAT(sizes(), ElementsAre(3u));
}

TEST_F(WatcherArrays, OnlyFailedTasksGoTogetherAgain) {
    world.backend.block = 1000;
    inputs(5);
    world.trial("000001");
    world.tick();
    for (int number = 1; number <= 5; ++number) world.run(task(number), number == 2 || number == 5 ? 1 : 0);
    world.ticks(2);
    ASSERT_THAT(sizes(), ElementsAre(5u, 2u));
    EXPECT_THAT(world.backend.refs(), testing::IsSupersetOf({task(2, 2), task(5, 2)}));
}

TEST_F(WatcherArrays, AreCancelledTogether) {
    world.backend.block = 1000;
    inputs(3);
    world.trial("000001");
    world.tick();
    world.request("000001", "kill");
    world.ticks(3);
    EXPECT_THAT(world.backend.cancelled, SizeIs(3));
    EXPECT_EQ(world.outcome("000001").state, EndState::killed);
}

TEST_F(WatcherArrays, ARefusedGroupGivesUpEachTask) {
    world.backend.block = 1000;
    world.backend.refusal = Error{Code::io, "socket timed out"};
    inputs(3);
    world.trial("000001");
    world.ticks(2);
    for (int number = 1; number <= 3; ++number)
        EXPECT_EQ(world.fs.get(layout::claim("000001", task(number).key)), void_claim);
    EXPECT_EQ(world.said.count("could not be submitted"), 1);
}

constexpr const char* generated = "executable = flow\narguments = $(Process)\nrequest_memory = 1G\nqueue 3\n";

TEST_F(WatcherArrays, TheBackendThatWantsItGetsTheGeneratedFileAsItStood) {
    world.backend.block = 1000;
    world.backend.as_it_stands = true;
    world.fs.put("trials/000001/run_flow.cmd", generated);
    world.backend.places = 0;
    world.trial("000001");
    world.tick();
    world.fs.put("trials/000001/run_flow.cmd", "changed meanwhile");
    world.restart();
    world.backend.places = 10;
    world.tick();
    ASSERT_THAT(sizes(), ElementsAre(3u));
    EXPECT_EQ(world.backend.submitted[0].generated, generated);
}

TEST_F(WatcherArrays, OthersGetItsTasks) {
    world.fs.put("trials/000001/run_flow.cmd", generated);
    world.trial("000001");
    world.tick();
    ASSERT_THAT(sizes(), ElementsAre(1u, 1u, 1u));
    EXPECT_EQ(world.backend.submitted[0].generated, "");
}

}  // namespace
}  // namespace tw::test
