// Rules that end a search before its goal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"
#include "trialdir/goal_file.hpp"
#include "trialdir/stopped_file.hpp"

namespace tw::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string with_stop(const std::string& stop, int trials = 20) {
    return fmt::format(R"("trials":{},"parallel":2,"sampler":"random","stop":{{{}}})", trials, stop);
}

struct OptimizerStop : ::testing::Test {
    OptimizerWorld world{with_stop(R"("patience":3)")};

    OptimizerStop() { world.watch(); }

    void start(const std::string& trials = "") {
        OptimizerOptions options;
        if (!trials.empty()) must(read_trials(trials, options));
        world.optimizer.reset();
        world.processes.restart();
        ASSERT_THAT(world.start(options), SizeIs(0));
    }
    void declare(const std::string& stop, int trials = 20) {
        world.declare(experiment_json(plain_space, with_stop(stop, trials)));
    }
    // Ends the first of those in flight with each of the costs, and proposes what may be proposed.
    void end_with(std::initializer_list<double> costs) {
        for (double cost : costs) {
            world.tick();
            world.end(world.unended().front(), cost);
        }
        world.tick();
        world.tick();
    }
    std::optional<Stopped> stopped() {
        auto holder = Lease::newest(world.fs, layout::optimizer).value();
        return stopped_in(world.fs, holder->owner.epoch).value();
    }
};

TEST_F(OptimizerStop, NothingMoreIsProposed) {
    start();
    end_with({5, 4, 6, 7});
    EXPECT_THAT(world.unended(), SizeIs(2));
    EXPECT_FALSE(stopped());
    end_with({8});
    EXPECT_THAT(world.configs(), SizeIs(6)) << "one is finished, none is added";
    EXPECT_THAT(world.unended(), SizeIs(1));
    EXPECT_FALSE(world.optimizer->finished());
    end_with({1});
    EXPECT_TRUE(world.optimizer->finished());
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_TRUE(world.released());
    EXPECT_THAT(world.said.text, HasSubstr("the search has ended: no improvement in 3 complete trials"));
    for (auto& [path, text] : world.fs.dump()) EXPECT_FALSE(path.ends_with("/stop")) << path;
}

// Who finds the role given back and no such word waits for more trials.
TEST_F(OptimizerStop, TheRoleIsKeptUntilTheDiskTakesTheWord) {
    start();
    end_with({5, 4, 6, 7, 8});
    world.fs.inject({"link", layout::optimizer + "/stopped.", Code::no_space, 1, -1});
    world.restart();
    for (auto& id : world.unended()) world.end(id, 9);
    for (int i = 0; i < 5; ++i) {
        auto ticked = world.optimizer->tick();
        ASSERT_FALSE(ticked);
        EXPECT_EQ(ticked.error().code, Code::no_space);
        world.clock.advance(Seconds(1));
    }
    EXPECT_FALSE(stopped());
    EXPECT_FALSE(world.released());
    world.fs.clear_faults();
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_TRUE(world.released());
    EXPECT_EQ(stopped()->rule, "patience");
}

TEST_F(OptimizerStop, ARestartEndsAtTheSameTrial) {
    start();
    end_with({5, 4, 6, 7, 8});
    auto before = world.configs();
    for (int i = 0; i < 2; ++i) {
        world.restart();
        world.tick();
        world.tick();
        EXPECT_EQ(world.configs().size(), before.size());
        EXPECT_EQ(stopped()->rule, "patience");
    }
}

TEST_F(OptimizerStop, WhatRunsIsAskedToStop) {
    declare(R"("patience":3,"running":"stop")");
    start();
    end_with({5, 4, 6, 7, 8});
    auto left = world.unended();
    ASSERT_THAT(left, SizeIs(1));
    auto request = read_request(world.fs.dump().at(layout::trial(left[0]) + "/stop"));
    EXPECT_EQ(request.by, optimizer_name);
    EXPECT_THAT(request.reason, HasSubstr("no improvement in 3"));
    must(world.fs.remove(layout::trial(left[0]) + "/stop"));
    world.tick();
    EXPECT_FALSE(world.fs.exists(layout::trial(left[0]) + "/stop")) << "once";
}

TEST_F(OptimizerStop, WhatAPersonTriesAgainIsLetAlone) {
    declare(R"("patience":3,"running":"stop")");
    start();
    end_with({5, 4, 6, 7, 8});
    auto left = world.unended()[0];
    must(world.fs.remove(layout::trial(left) + "/stop"));
    Outcome outcome;
    outcome.seq = ++world.seq;
    outcome.state = EndState::pruned;
    outcome.by = optimizer_name;
    world.fs.put(layout::trial(left) + "/outcome.6.json", write_outcome(outcome));
    must(world.fs.sync_all());
    world.restart();
    world.tick();
    world.tick();
    EXPECT_FALSE(world.fs.exists(layout::trial(left) + "/stop"));
}

TEST_F(OptimizerStop, SaysWhyAndTakesItBackWhereTheRuleIsEdited) {
    start();
    end_with({5, 4, 6, 7, 8});
    ASSERT_TRUE(stopped());
    EXPECT_EQ(stopped()->rule, "patience");
    EXPECT_EQ(stopped()->setting, 3);
    EXPECT_THAT(stopped()->reason, HasSubstr("no improvement in 3 complete trials"));
    declare(R"("patience":50)");
    world.tick();
    world.tick();
    EXPECT_FALSE(stopped());
    EXPECT_THAT(world.unended(), SizeIs(2));
    EXPECT_THAT(world.configs(), SizeIs(7));
}

TEST_F(OptimizerStop, MoreTrialsOverruleIt) {
    start();
    end_with({5, 4, 6, 7, 8});
    start("+3");
    EXPECT_FALSE(stopped()) << "of an epoch before";
    world.tick();
    EXPECT_EQ(newest_goal(world.fs).value()->passed.at("patience"), 3);
    end_with({9, 9, 9, 9});
    EXPECT_THAT(world.configs(), SizeIs(9));
    world.restart();
    world.tick();
    EXPECT_FALSE(stopped());
}

TEST_F(OptimizerStop, TheSameNumberAgainDoesNot) {
    start("20");
    end_with({5, 4, 6, 7, 8});
    start("20");
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(6));
    start("21");
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(7));
    start("21");
    end_with({9});
    EXPECT_THAT(world.configs(), SizeIs(8)) << "what was overruled stays so";
}

TEST_F(OptimizerStop, AnEditOfAnOverruledRuleCounts) {
    start();
    end_with({5, 4, 6, 7, 8});
    start("+10");
    world.tick();
    declare(R"("patience":2)");
    end_with({9});
    EXPECT_EQ(stopped()->setting, 2);
    EXPECT_THAT(world.configs(), SizeIs(7));
}

TEST_F(OptimizerStop, ATargetIsReached) {
    declare(R"("target":0.5)");
    start();
    end_with({5, 0.6});
    EXPECT_FALSE(stopped());
    end_with({0.5});
    EXPECT_EQ(stopped()->rule, "target");
    EXPECT_THAT(world.configs(), SizeIs(4));
}

TEST_F(OptimizerStop, TimeRunsFromTheFirstProposalOverRestarts) {
    declare(R"("time":"1h")");
    start();
    world.tick();
    world.clock.advance(Seconds(1800));
    world.restart();
    end_with({5});
    EXPECT_FALSE(stopped());
    EXPECT_THAT(world.configs(), SizeIs(3));
    world.clock.advance(Seconds(1800));
    end_with({6});
    EXPECT_EQ(stopped()->rule, "time");
    EXPECT_EQ(stopped()->setting, 3600);
    EXPECT_THAT(world.configs(), SizeIs(3)) << "nothing is proposed for the one that ended";
}

TEST_F(OptimizerStop, WhatCannotBeSaidNowIsSaidLater) {
    start();
    end_with({5, 4, 6, 7});
    world.fs.inject({.op = "link", .prefix = layout::optimizer + "/stopped", .code = Code::io, .times = 1});
    world.tick();
    world.end(world.unended().front(), 8);
    EXPECT_FALSE(world.optimizer->tick());
    EXPECT_FALSE(stopped());
    world.tick();
    EXPECT_TRUE(stopped());
    EXPECT_THAT(world.configs(), SizeIs(6));
}

}  // namespace
}  // namespace tw::test
