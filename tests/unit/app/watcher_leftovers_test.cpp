// What others were killed at, and what a power loss may take: found by tests/crash.
#include "trialdir/temporaries.hpp"
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

struct WatcherLeftovers : testing::Test {
    WatcherWorld world;
    std::string dead, living;

    WatcherLeftovers() {
        std::string host = world.processes.self().name;
        dead = maker_name(host, {7, 7}) + ".tmp";
        living = maker_name(host, world.processes.add({"trialctl"})) + ".tmp";
    }

    void end_with_claims(int count) {
        world.trial("000001");
        world.tick();
        world.run(WatcherWorld::job("000001"));
        for (int task = 1; task <= count; ++task) world.claim({"000001", {1, "flow", task, 1}});
        world.ticks(2);
    }
};

TEST_F(WatcherLeftovers, OfAKilledClientAreRemovedFromALiveTrial) {
    world.trial("000001");
    world.tick();
    for (auto& maker : {dead, living}) world.request("000001", ".stop.12." + maker);
    world.ticks(2);
    EXPECT_FALSE(world.fs.exists("trials/000001/.stop.12." + dead));
    EXPECT_TRUE(world.fs.exists("trials/000001/.stop.12." + living));
}

TEST_F(WatcherLeftovers, OfAKilledClientDoNotOutliveTheTrial) {
    JobRef job = WatcherWorld::job("000001");
    world.trial("000001");
    world.tick();
    world.claim(job);
    world.tick();
    world.end(job);
    world.request("000001", ".stop.12." + dead);
    world.ticks(2);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_FALSE(world.fs.exists("trials/000001/.stop.12." + dead));
}

// Removing thousands of files takes a server's time, and the others' jobs wait.
TEST_F(WatcherLeftovers, ClaimsOfALargeArrayGoInParts) {
    end_with_claims(200);
    EXPECT_TRUE(world.ended("000001"));
    EXPECT_FALSE(world.fs.exists(layout::gate("000001", 1)));
    EXPECT_TRUE(world.fs.exists(layout::claims_of("000001")));
    world.ticks(4);
    EXPECT_FALSE(world.fs.exists(layout::claims_of("000001")));
}

TEST_F(WatcherLeftovers, WhoLeavesRemovesTheRestOfTheClaims) {
    end_with_claims(1000);  // too many for its last tick
    ASSERT_TRUE(world.fs.exists(layout::claims_of("000001")));
    world.waker.stops = 1;
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_FALSE(world.fs.exists(layout::claims_of("000001")));
}

TEST_F(WatcherLeftovers, ANumberThatADeadClientReservedComesFree) {
    world.fs.put("trials/000001/.config.json.12." + dead, "{");
    world.fs.put("trials/000002/.config.json.12." + living, "{");
    world.fs.put("trials/000003/.config.json.12." + dead, "{");
    world.fs.put("trials/000003/notes", "a person's");
    world.fs.make_directories("trials/000004");
    world.ticks(2);
    EXPECT_FALSE(world.fs.exists("trials/000001"));
    EXPECT_TRUE(world.fs.exists("trials/000002/.config.json.12." + living));
    EXPECT_TRUE(world.fs.exists("trials/000003/notes"));
    EXPECT_TRUE(world.fs.exists("trials/000004"));  // nobody can tell whose it is
}

TEST_F(WatcherLeftovers, OfKilledRolesAndRequestsAreRemoved) {
    world.tick();
    auto shared = {layout::requests, layout::optimizer, layout::private_directory};
    for (auto& directory : shared)
        for (auto& maker : {dead, living}) world.fs.put(directory + "/.a." + maker, "");
    world.tick();
    EXPECT_FALSE(world.fs.exists(layout::requests + "/.a." + dead));
    world.restart();
    world.tick();
    for (auto& directory : shared) {
        EXPECT_FALSE(world.fs.exists(directory + "/.a." + dead)) << directory;
        EXPECT_TRUE(world.fs.exists(directory + "/.a." + living)) << directory;  // its link is still to come
    }
}

TEST_F(WatcherLeftovers, OfItsOwnAreRemovedWhenItLeaves) {
    std::string ours = layout::private_directory + "/.paused." + maker_name(world.processes.self()) + ".tmp";
    world.tick();
    world.fs.put(layout::requests + "/pause.1", "");
    world.fs.inject({.op = "remove", .prefix = ours, .times = 2});
    world.tick();
    EXPECT_TRUE(world.fs.exists(ours));
    world.waker.answers = {Waker::Reason::signal};
    EXPECT_EQ(world.watcher->run(), 0);
    EXPECT_FALSE(world.fs.exists(ours));
}

TEST_F(WatcherLeftovers, CopiesOfScriptsOutlastAPowerLoss) {
    world.declare(R"("stages":[{"name":"train","command":["./train.sh"]}])");
    world.fs.put("train.sh", "#!/bin/sh\n");
    world.trial("000001");
    world.disk->sync_all();
    world.tick();
    world.disk->crash();
    auto dump = world.fs.dump();
    auto copy = std::find_if(dump.begin(), dump.end(), [](auto& entry) {
        return entry.first.starts_with(layout::scripts) && entry.first.ends_with("/train.sh");
    });
    ASSERT_NE(copy, dump.end());
    EXPECT_EQ(copy->second, "#!/bin/sh\n");
}

TEST_F(WatcherLeftovers, ASuccessThatWasNotSyncedBeforeAPowerLossRunsAgain) {
    world.trials(3);
    world.tick();
    for (auto id : {"000000", "000001", "000002"}) world.run(WatcherWorld::job(id));
    world.fs.put(layout::claim("000000", WatcherWorld::job("000000").key), "");  // as a file system leaves it
    world.fs.put(layout::claim("000001", WatcherWorld::job("000001").key),
                 world.processes.self().name + " boot-0 500 77 500x77\n");
    world.fs.put(layout::claim("000002", WatcherWorld::job("000002").key),
                 "elsewhere boot-0 500 77 500x77\n");
    world.ticks(20);
    for (auto id : {"000000", "000001"}) EXPECT_EQ(world.task(id).attempt, 2) << id;
    EXPECT_EQ(world.outcome("000002").state, EndState::complete);
}

TEST_F(WatcherLeftovers, ARetryOfAnOutcomeThatWasJustToldIsNoMistake) {
    JobRef job = WatcherWorld::job("000001");
    world.trial("000001");
    world.tick();
    world.run(job, 4);
    world.tick();
    ASSERT_TRUE(world.ended("000001"));
    world.request("000001", "retry");
    world.ticks(2);
    EXPECT_EQ(world.known("000001").state, TrialState::running);
    EXPECT_EQ(world.said.count("settled"), 0);
}

}  // namespace
}  // namespace tw::test
