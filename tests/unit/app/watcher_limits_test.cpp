// How much is handed over, and to whom not.
#include "batch/local.hpp"
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

JobRef job(int trial, std::int64_t attempt = 1) {
    return WatcherWorld::job(numbered_trial(trial), attempt);
}

TEST(MaxQueued, BoundsWhatIsHandedOverAndNotEnded) {
    WatcherWorld world(train_stage() + R"(,"limits":{"max_queued":2})");
    world.trials(5);
    world.ticks(3);
    EXPECT_THAT(world.backend.refs(), ElementsAre(job(0), job(1)));
    world.claim(job(0));
    world.tick();
    EXPECT_THAT(world.backend.submitted, SizeIs(2));  // one that runs counts too
    world.end(job(0));
    world.tick();
    EXPECT_THAT(world.backend.refs(), ElementsAre(job(0), job(1), job(2)));
}

TEST(MaxQueued, TheCommandLineWins) {
    WatcherWorld world(train_stage() + R"(,"limits":{"max_queued":2})");
    world.options.max_queued = 3;
    world.trials(5);
    world.ticks(3);
    EXPECT_THAT(world.backend.submitted, SizeIs(3));
}

TEST(MaxQueued, CountsTheTasksOfArrays) {
    WatcherWorld world(
        R"("stages":[{"name":"flow","command":["flow"],"array":"flows/*"},{"name":"end","command":["end"]}],"limits":{"max_queued":3})");
    for (auto* input : {"a", "b", "c", "d", "e"})
        world.fs.put(std::string("trials/000001/flows/") + input, "");
    world.trial("000001");
    world.trial("000002");
    world.fs.put("trials/000002/flows/a", "");
    world.ticks(3);
    EXPECT_THAT(world.backend.submitted, SizeIs(3));
}

TEST(MaxQueued, WhereOneCallTakesManyItIsNotFilledUpOneByOne) {
    WatcherWorld world(
        R"("stages":[{"name":"flow","command":["flow"],"array":"flows/*"},{"name":"end","command":["end"]}],"limits":{"max_queued":8})");
    world.backend.block = 1000;
    for (int input = 10; input < 30; ++input)
        world.fs.put("trials/000001/flows/" + std::to_string(input), "");
    world.trial("000001");
    world.ticks(3);
    EXPECT_THAT(world.backend.refs(), SizeIs(8));
    JobRef first = world.backend.refs().front();
    world.claim(first);
    world.end(first);
    world.ticks(2);
    EXPECT_THAT(world.backend.refs(), SizeIs(8));
    JobRef second = world.backend.refs()[1];
    world.claim(second);
    world.end(second);
    world.ticks(2);
    EXPECT_THAT(world.backend.refs(), SizeIs(10));
}

TEST(MaxQueued, HoldsOverARestart) {
    WatcherWorld world(train_stage() + R"(,"limits":{"max_queued":2})");
    world.trials(5);
    world.tick();
    world.restart();
    world.ticks(2);
    EXPECT_THAT(world.backend.submitted, SizeIs(2));
}

TEST(MaxQueued, ZeroIsNoBound) {
    WatcherWorld world;
    world.trials(50);
    world.tick();
    EXPECT_THAT(world.backend.submitted, SizeIs(50));
}

// A backend with one host; three jobs could not start there.
struct HostBreaker : testing::Test {
    WatcherWorld world{train_stage() + R"(,"limits":{"infra_delay":"1s"})"};

    HostBreaker() {
        world.backend.host = "node1";
        world.trials(3);
        world.tick();
        for (int i = 0; i < 3; ++i) world.give_reason(job(i), 2);
        world.tick();
    }
    std::size_t submitted_after(int seconds) {
        world.clock.advance(Seconds(seconds));
        std::size_t before = world.backend.submitted.size();
        world.tick();
        return world.backend.submitted.size() - before;
    }
};

TEST_F(HostBreaker, NothingIsHandedToAHostWhereNothingStarts) {
    EXPECT_EQ(submitted_after(0), 0u);
    EXPECT_EQ(submitted_after(290), 0u);
    EXPECT_EQ(submitted_after(10), 3u);
}

TEST_F(HostBreaker, OneMoreFailureOpensItAgain) {
    ASSERT_EQ(submitted_after(300), 3u);
    world.give_reason(job(0, 2), 2);
    world.tick();
    world.trial("000009");
    EXPECT_EQ(submitted_after(60), 0u);
    EXPECT_EQ(submitted_after(240), 2u);
}

TEST_F(HostBreaker, AScriptThatEndedThereClosesIt) {
    ASSERT_EQ(submitted_after(300), 3u);
    world.run(job(0, 2), 1);
    world.tick();
    world.give_reason(job(1, 2), 2);
    world.tick();
    EXPECT_EQ(submitted_after(10), 1u);
}

TEST_F(HostBreaker, AResumeClosesIt) {
    world.fs.put(layout::requests + "/resume.1", "");
    EXPECT_EQ(submitted_after(10), 3u);
}

TEST(HostBreakers, BindTheLocalBackend) {
    WatcherWorld world(train_stage() + R"(,"limits":{"infra_delay":"1s"})");
    world.maker = [&](auto&) -> Result<std::unique_ptr<Scheduler>> {
        return std::make_unique<LocalScheduler>(world.processes, LocalOptions{}, std::vector<std::string>{},
                                                "id");
    };
    world.trials(3);
    world.tick();
    ASSERT_THAT(world.processes.started, SizeIs(3));
    for (int i = 0; i < 3; ++i) {
        world.processes.finish(world.processes.started[static_cast<std::size_t>(i)].id.pid, 75);
        world.give_reason(job(i), 2);
    }
    world.tick();
    world.clock.advance(Seconds(290));
    world.tick();
    EXPECT_THAT(world.processes.started, SizeIs(3));
    world.clock.advance(Seconds(10));
    world.tick();
    EXPECT_THAT(world.processes.started, SizeIs(6));
}

TEST(HostBreakers, DoNotBindABackendThatChoosesAmongHosts) {
    WatcherWorld world(train_stage() + R"(,"limits":{"infra_delay":"1s"})");
    world.trials(3);
    world.tick();
    for (int i = 0; i < 3; ++i) world.give_reason(job(i), 2);
    world.ticks(3);
    EXPECT_THAT(world.backend.submitted, SizeIs(6));
}

TEST(Breakers, TwentyInARowPauseTheExperiment) {
    WatcherWorld world(train_stage() + R"(,"limits":{"infra_delay":"1s"})");
    world.trials(20);
    world.tick();
    for (int i = 0; i < 19; ++i) world.give_reason(job(i), 2);
    world.tick();
    EXPECT_FALSE(world.fs.exists(layout::paused));
    world.give_reason(job(19), 2);
    world.tick();
    EXPECT_TRUE(world.fs.exists(layout::paused));
    EXPECT_EQ(world.said.count("20 jobs in a row could not start, the last on node1"), 1);
}

}  // namespace
}  // namespace tw::test
