// New trials and a changed experiment.json: what the watcher sees when it looks.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

struct WatcherLooks : testing::Test {
    WatcherWorld world;

    bool knows(const TrialId& id) const { return world.watcher->desk().ledger().find(id) != nullptr; }
    int listings(int ticks) {
        world.fs.accesses.clear();
        world.ticks(ticks);
        return static_cast<int>(
            std::ranges::count(world.fs.accesses, support::Access{"list", layout::trials, ""}));
    }
    std::int64_t revision() const { return world.watcher->desk().ledger().latest()->number; }
};

// The server's clock may tick so seldom that two changes have one time.
TEST_F(WatcherLooks, AnUnchangedTimeThatIsYoungIsNotBelieved) {
    Instant coarse = world.clock.now();
    world.disk->follow([&] { return coarse; });
    for (int second = 0; second < 3; ++second) {
        world.tick();
        world.trial(numbered_trial(second));
        world.tick();
        EXPECT_TRUE(knows(numbered_trial(second))) << second;
        coarse = world.clock.now();
    }
}

TEST_F(WatcherLooks, AnUnchangedTimeThatIsOldSparesTheListing) {
    world.ticks(5);
    EXPECT_EQ(listings(20), 0);
}

// Not every filesystem keeps the time of a directory.
TEST_F(WatcherLooks, TrialsAreListedOnceInAWhileWhateverTheTime) {
    Instant kept = world.clock.now();
    world.ticks(5);
    world.trial("000001");
    world.disk->find(layout::trials).value()->modified = kept;
    EXPECT_EQ(listings(31), 1);
    EXPECT_TRUE(knows("000001"));
}

TEST_F(WatcherLooks, ATornConfigIsRefusedOnceItStaysSo) {
    world.trial("000001", "{");
    world.ticks(3);
    EXPECT_FALSE(world.ended("000001"));
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").kind, "config");
}

// The watcher is held up between its looks at the file, and somebody goes on writing it.
TEST_F(WatcherLooks, ATornConfigThatIsCompletedMeanwhileIsNotRefused) {
    world.trial("000001", "{");
    bool was_read = false, completed = false;
    world.fs.on_access([&](const support::Access& access) -> Status {
        if (was_read && !completed) {
            completed = true;
            world.trial("000001");
        }
        if (!was_read && access.op == "read" && access.path == layout::config("000001")) {
            was_read = true;
            world.clock.advance(Seconds(60));
        }
        return {};
    });
    world.ticks(3);
    EXPECT_TRUE(completed);
    EXPECT_TRUE(world.watcher->desk().ledger().find("000001"));
    EXPECT_FALSE(world.ended("000001"));
}

TEST_F(WatcherLooks, ATornConfigIsRefusedThoughTheServersClockIsAhead) {
    Instant ahead = world.clock.now() + Seconds(600);
    world.disk->follow([&] { return ahead; });
    world.trial("000001", "{");
    world.ticks(3);
    EXPECT_FALSE(world.ended("000001"));
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").kind, "config");
}

TEST_F(WatcherLooks, ABrokenDeclarationRefusesAStartAndAllMistakesAreTold) {
    world.declare(R"("stages":[{"name":"train","command":["train"],"retries":-1,"dnoe":"x"}])");
    EXPECT_THAT(world.start(), SizeIs(2));
    EXPECT_FALSE(world.fs.exists(layout::private_directory));
}

TEST_F(WatcherLooks, ABrokenDeclarationLeavesTheRevisionBeforeInForce) {
    world.tick();
    world.declare(R"("stages":[{"name":"train",)");
    world.tick();
    EXPECT_EQ(world.said.count("the search goes on as before"), 1);
    EXPECT_EQ(revision(), 1);
    world.trial("000001");
    world.ticks(2);
    EXPECT_THAT(world.backend.refs(), ElementsAre(WatcherWorld::job("000001")));
    world.declare(train_stage(R"("retries":1,)"));
    world.tick();
    EXPECT_EQ(revision(), 2);
    EXPECT_EQ(world.known("000001").revision, 1);
}

}  // namespace
}  // namespace tw::test
