// The pool of agents that experiment.json asks for.
#include "records/pool_entry.hpp"
#include "trialdir/pool.hpp"
#include "watcher_world.hpp"

namespace tw::test {
namespace {

std::string settings(const std::string& pool, const std::string& stage = "") {
    return R"("backend":{"type":"agents"},)" + pool + train_stage(stage);
}

std::string pool(int max, const std::string& type = "slurm", const std::string& more = "") {
    return fmt::format(
        R"("agents":{{"max":{},{}"submit":{{"backend":{{"type":"{}"}},"resources":{{"cpus":2}}}}}},)", max,
        more, type);
}

struct WatcherAgents : testing::Test {
    support::FakeBackend cluster;  // where agents go
    WatcherWorld world{settings(pool(4))};

    WatcherAgents() {
        world.options.trialagent = "/bin/trialagent";
        world.maker = [this](auto& spec) -> Result<std::unique_ptr<Scheduler>> {
            if (spec.type == "gridengine")
                return fail({Code::invalid, "is not installed", {}, "/type", 0, {}});
            auto& backend = spec.type == "agents" || spec.type == "local" ? world.backend : cluster;
            return std::make_unique<support::FakeScheduler>(backend);
        };
    }
    std::size_t submitted() const { return cluster.submitted.size(); }
};

TEST_F(WatcherAgents, SubmitsInProportionToWhatWaitsAndRuns) {
    world.tick();
    EXPECT_EQ(submitted(), 0u);
    world.trials(3);
    world.tick();
    ASSERT_EQ(submitted(), 2u);
    EXPECT_EQ(cluster.submitted[0].tasks[0].argv[0], "/bin/trialagent");
    world.claim(WatcherWorld::job("000000"));
    world.ticks(3);
    EXPECT_EQ(submitted(), 2u);
    world.trials(20);
    world.tick();
    EXPECT_EQ(submitted(), 4u);
}

TEST_F(WatcherAgents, StagesOfOtherBackendsAreNoWorkForThem) {
    world.declare(
        R"("backend":{"type":"local"},)" + pool(4) +
        R"("stages":[{"name":"train","command":["t"]},{"name":"end","command":["t"],"backend":{"type":"agents"}}])");
    world.trials(9);
    world.ticks(2);
    EXPECT_EQ(submitted(), 0u);
}

TEST_F(WatcherAgents, ReadsWhatChanges) {
    world.trials(20);
    world.tick();
    EXPECT_EQ(submitted(), 4u);
    world.declare(settings(pool(6)));
    world.ticks(2);
    EXPECT_EQ(submitted(), 6u);
    world.declare(settings(pool(7, "gridengine")));
    world.ticks(2);
    EXPECT_THAT(
        world.said.text,
        HasSubstr("/agents/submit/backend/type: is not installed; the pool of agents stays as it was"));
    EXPECT_EQ(submitted(), 6u);
    world.declare(settings(""));
    world.ticks(2);
    EXPECT_EQ(submitted(), 6u);
    world.declare(settings(pool(8, "htcondor")));
    world.ticks(2);
    EXPECT_THAT(cluster.cancelled, SizeIs(6)) << "they were to go elsewhere";
}

TEST_F(WatcherAgents, WhatCannotBeMadeIsToldWithItsPlace) {
    world.declare(settings(pool(4, "gridengine")));
    auto errors = world.start();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_EQ(errors[0].pointer, "/agents/submit/backend/type");
    EXPECT_GT(errors[0].line, 0);
}

TEST_F(WatcherAgents, NoneAreSubmittedByOneThatWasOvertaken) {
    world.tick();
    world.trials(3);
    world.fs.put(
        layout::journal + "/" + layout::epoch(world.watcher->desk().books.journal().owner().epoch + 1), "");
    EXPECT_FALSE(world.watcher->tick());
    EXPECT_EQ(submitted(), 0u);
}

TEST_F(WatcherAgents, WhenTheSearchHasEndedThoseThatWaitAreTakenBack) {
    world.options.until_done = true;
    world.trials(3);
    world.tick();
    ASSERT_EQ(submitted(), 2u);
    ASSERT_TRUE(*PoolPlace::take(world.fs, 1, "n1.aa"));
    for (auto* id : {"000000", "000001", "000002"}) world.run(WatcherWorld::job(id));
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_THAT(cluster.cancelled,
                ElementsAre(std::pair(JobRef{pool_trial, pool_key(2)}, CancelHow::terminate)));
}

TEST_F(WatcherAgents, ThoseOfAWatcherThatLeavesStay) {
    world.trials(3);
    world.tick();
    world.waker.stops = 1;
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_THAT(cluster.cancelled, IsEmpty());
    world.restart();
    world.waker.stops = 0;
    world.ticks(2);
    EXPECT_EQ(submitted(), 2u);
    EXPECT_THAT(cluster.adopted, SizeIs(2));
}

}  // namespace
}  // namespace tw::test
