// What people ask for: when it is taken, in which order, and what becomes of the file.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

const JobRef first = WatcherWorld::job("000001");

struct WatcherRequests : testing::Test {
    WatcherWorld world;

    void run_one() {
        world.trial("000001");
        world.tick();
        world.claim(first);
        world.tick();
    }
    void ask(const std::string& name, const std::string& text = "") {
        world.fs.put(layout::requests + "/" + name, text);
    }
    bool paused() const { return world.watcher->desk().ledger().pause().has_value(); }
    int left(const std::string& request, int count) const {
        int left = 0;
        for (int i = 0; i < count; ++i)
            left += world.fs.exists(layout::trial(numbered_trial(i)) + "/" + request);
        return left;
    }
};

TEST_F(WatcherRequests, AreJournalledBeforeTheyAreActedOnAndRemoved) {
    run_one();
    world.request("000001", "kill");
    bool removed = false, durable = false;
    world.fs.on_access([&](auto& access) -> Status {
        if (access.op != "remove" || access.path != "trials/000001/kill") return {};
        durable = world.journalled(EventKind::kill, "000001");
        removed = true;
        return {};
    });
    world.tick();
    EXPECT_TRUE(removed && durable);
    EXPECT_THAT(world.backend.cancelled, ElementsAre(std::pair(first, CancelHow::terminate)));
}

TEST_F(WatcherRequests, APauseAndItsEndAreShownUntilItWorks) {
    run_one();
    for (auto [request, op] : {std::pair{"pause.1", "link"}, std::pair{"resume.2", "remove"}}) {
        bool shown = world.fs.exists(layout::paused);
        ask(request);
        world.fs.inject({.op = op, .prefix = layout::paused});
        world.tick();
        EXPECT_EQ(world.fs.exists(layout::paused), shown) << request;
        world.tick();
        EXPECT_NE(world.fs.exists(layout::paused), shown) << request;
    }
}

TEST_F(WatcherRequests, WaitWhileTheJournalCannotBeWritten) {
    run_one();
    world.request("000001", "kill");
    ask("pause.1");
    world.break_journal();
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(world.watcher->tick());
    EXPECT_TRUE(world.fs.exists("trials/000001/kill") && world.fs.exists(layout::requests + "/pause.1"));
    EXPECT_FALSE(world.fs.exists(layout::paused));
    EXPECT_THAT(world.backend.cancelled, IsEmpty());
    world.fs.clear_faults();
    world.tick();
    EXPECT_FALSE(world.fs.exists("trials/000001/kill") || world.fs.exists(layout::requests + "/pause.1"));
    EXPECT_TRUE(world.fs.exists(layout::paused));
    EXPECT_THAT(world.backend.cancelled, SizeIs(1));
}

TEST_F(WatcherRequests, TheLaterOfPauseAndResumeHolds) {
    world.tick();
    ask("resume.1");
    world.clock.advance(Seconds(1));
    ask("pause.0");
    world.tick();
    EXPECT_TRUE(paused());
    ask("pause.3");
    world.clock.advance(Seconds(1));
    ask("resume.2");
    world.tick();
    EXPECT_FALSE(paused());
}

TEST_F(WatcherRequests, OfPauseAndResumeInTheSameInstantTheNamesDecide) {
    ask("resume.1");
    ask("pause.2");
    world.tick();
    EXPECT_FALSE(paused());
    EXPECT_THAT(world.watcher->desk().acts.spent, IsEmpty());
    EXPECT_FALSE(world.fs.exists(layout::requests + "/resume.1") ||
                 world.fs.exists(layout::requests + "/pause.2"));
}

TEST_F(WatcherRequests, OtherNamesAreLeftAloneAndNamedOnce) {
    ask("please");
    world.ticks(3);
    EXPECT_TRUE(world.fs.exists(layout::requests + "/please"));
    EXPECT_EQ(world.said.count("please: not a request"), 1);
}

TEST_F(WatcherRequests, TheReasonOfAKillIsInTheOutcome) {
    run_one();
    world.request("000001", "kill", R"({"by":"anna","reason":"the wrong data"})");
    world.tick();
    world.restart();  // what was said is in the journal
    world.tick();
    world.end(first, 143);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").reason, "killed: the wrong data");
    EXPECT_EQ(world.outcome("000001").by, "anna");
    EXPECT_EQ(world.outcome("000001").kind, "request");
}

TEST_F(WatcherRequests, TheReasonOfAStopIsInTheOutcome) {
    run_one();
    world.request("000001", "stop", R"({"by":"anna","reason":"good enough"})");
    world.tick();
    world.end(first, 143);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::pruned);
    EXPECT_EQ(world.outcome("000001").reason, "stopped: good enough");
}

// A trial that failed and is asked to run again, while its outcome cannot be renamed.
struct WatcherRetries : WatcherRequests {
    const JobRef again{"000001", {2, "train", 0, 1}};

    WatcherRetries() {
        run_one();
        world.end(first, 1);
        world.ticks(3);
        world.fs.inject({.op = "rename", .prefix = "trials/000001/outcome", .times = -1});
        world.request("000001", "retry");
        world.ticks(70);
    }
    bool submitted_again() const {
        auto refs = world.backend.refs();
        return std::any_of(refs.begin(), refs.end(), [](auto& ref) { return ref.key.incarnation == 2; });
    }
};

TEST_F(WatcherRetries, WaitUntilTheOldOutcomeIsAway) {
    EXPECT_EQ(world.known("000001").incarnation, 2);
    EXPECT_FALSE(submitted_again());
    EXPECT_TRUE(world.ended("000001"));
    world.fs.clear_faults();
    world.ticks(200);
    EXPECT_TRUE(submitted_again());
    EXPECT_FALSE(world.ended("000001"));
    EXPECT_TRUE(world.fs.exists("trials/000001/outcome.1.json"));
}

TEST_F(WatcherRetries, AreFinishedByTheNextWatcher) {
    world.restart();
    world.fs.clear_faults();
    world.ticks(200);
    EXPECT_TRUE(submitted_again());
    EXPECT_TRUE(world.fs.exists("trials/000001/outcome.1.json"));
}

TEST_F(WatcherRequests, AnOutcomeOfTheNextOwnerIsLeft) {
    run_one();
    world.give_reason(first, 4);
    Outcome told;
    told.seq = 99;
    told.state = EndState::failed;
    world.fs.put(layout::outcome("000001"), write_outcome(told));
    world.ticks(30);
    EXPECT_THAT(world.backend.refs(), SizeIs(1));
    EXPECT_EQ(world.outcome("000001").seq, 99);
}

// Told by the next owner while we slept before our acts.
TEST_F(WatcherRequests, ALaterOutcomeIsNotReplaced) {
    run_one();
    world.end(first, 1);
    Outcome told;
    told.seq = 2;
    told.state = EndState::complete;
    world.fs.put(layout::outcome("000001"), write_outcome(told));
    world.ticks(3);
    EXPECT_EQ(world.known("000001").state, TrialState::failed);
    EXPECT_EQ(world.outcome("000001").seq, 2);
}

TEST_F(WatcherRequests, WithoutABellALiveTrialIsLookedAtWithinTenSeconds) {
    world.trials(200);
    world.ticks(3);
    for (int i = 0; i < 200; ++i) world.request(numbered_trial(i), "kill");
    world.ticks(10);
    EXPECT_EQ(left("kill", 200), 0);
}

TEST_F(WatcherRequests, WithoutABellAnEndedTrialIsLookedAtWithinAMinute) {
    Outcome outcome;
    outcome.state = EndState::failed;
    for (int i = 0; i < 600; ++i) {
        outcome.seq = i + 1;
        world.trial(numbered_trial(i));
        world.fs.put(layout::outcome(numbered_trial(i)), write_outcome(outcome));
    }
    world.ticks(3);
    for (int i = 0; i < 600; ++i) world.request(numbered_trial(i), "kill");
    world.ticks(60);
    EXPECT_EQ(left("kill", 600), 0);
}

TEST_F(WatcherRequests, AboutTheExperimentAreSeenAtEveryPoll) {
    world.ticks(3);
    ask("pause.1");
    world.tick();
    EXPECT_TRUE(paused());
}

}  // namespace
}  // namespace tw::test
