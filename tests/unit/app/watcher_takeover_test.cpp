// Two watchers: who may go on, and who stops.
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

struct WatcherTakeover : testing::Test {
    WatcherWorld world;
    support::FakeProcesses elsewhere{"node2", 2};

    std::vector<Error> start_elsewhere(bool takeover) {
        WatcherOptions options;
        options.takeover = takeover;
        Ports ports{world.fs, world.clock, world.waker, elsewhere, world.said};
        auto started = Watcher::start(ports, options, [this](auto&) -> Result<std::unique_ptr<Scheduler>> {
            return std::make_unique<support::FakeScheduler>(world.backend);
        });
        return started ? std::vector<Error>{} : started.error();
    }
};

TEST_F(WatcherTakeover, WhoWasOvertakenStopsWithoutActing) {
    world.tick();
    EXPECT_TRUE(start_elsewhere(true).empty());
    world.trial("000001");
    auto ticked = world.watcher->tick();
    ASSERT_FALSE(ticked);
    EXPECT_EQ(ticked.error().code, Code::busy);
    EXPECT_THAT(world.backend.refs(), IsEmpty());
}

TEST_F(WatcherTakeover, LocalJobsBindTheExperimentToTheirHost) {
    world.trial("000001");
    world.ticks(2);
    ASSERT_THAT(world.backend.refs(), SizeIs(1));
    for (bool takeover : {false, true}) {
        auto errors = start_elsewhere(takeover);
        ASSERT_THAT(errors, SizeIs(1));
        EXPECT_THAT(errors[0].text(), HasSubstr("start the watcher on node1"));
    }
    world.run(WatcherWorld::job("000001"));
    world.ticks(3);
    EXPECT_TRUE(start_elsewhere(true).empty());
}

// While it was waited for a sign of life, jobs of the local backend began.
TEST_F(WatcherTakeover, WhatBeganMeanwhileIsJudgedToo) {
    world.tick();
    world.waker.on_wait = [this](Seconds) {
        if (!world.backend.refs().empty()) return;
        world.trial("000001");
        world.ticks(2);  // too soon for another beat, and then never again
    };
    auto errors = start_elsewhere(false);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].text(), HasSubstr("start the watcher on node1"));
}

}  // namespace
}  // namespace tw::test
