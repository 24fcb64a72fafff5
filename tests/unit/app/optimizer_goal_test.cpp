// How many are proposed, when a command line said so once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"
#include "trialdir/goal_file.hpp"

namespace tw::test {
namespace {

using ::testing::SizeIs;

struct OptimizerGoal : ::testing::Test {
    OptimizerWorld world{R"("trials":4,"parallel":50,"sampler":"random")"};

    // One optimizer that proposes what it may, and is gone.
    std::size_t propose(const std::string& trials = "") {
        OptimizerOptions options;
        if (!trials.empty()) must(read_trials(trials, options));
        world.processes.restart();
        EXPECT_THAT(world.start(options), SizeIs(0));
        world.tick();
        world.tick();
        world.optimizer.reset();
        return world.configs().size();
    }
    void declare(int trials) {
        world.declare(experiment_json(
            plain_space, fmt::format(R"("trials":{},"parallel":50,"sampler":"random")", trials)));
    }
};

TEST_F(OptimizerGoal, WithoutOneTheDeclarationCounts) {
    EXPECT_EQ(propose(), 4u);
    EXPECT_FALSE(newest_goal(world.fs).value());
}

TEST_F(OptimizerGoal, OutlastsTheOptimizer) {
    world.fs.inject({.op = "make_directory", .prefix = "trials/000003", .code = Code::io, .times = -1});
    OptimizerOptions options;
    must(read_trials("7", options));
    ASSERT_THAT(world.start(options), SizeIs(0));
    (void)world.optimizer->tick();
    world.optimizer.reset();
    world.fs.clear_faults();
    world.disk->crash();
    EXPECT_EQ(propose(), 7u);
    EXPECT_EQ(propose(), 7u);
}

TEST_F(OptimizerGoal, MoreCountFromWhatIsProposed) {
    EXPECT_EQ(propose("2"), 2u);
    world.fs.put("trials/mine/config.json", R"({"x":0.5})");
    EXPECT_EQ(propose("+3"), 6u);
    EXPECT_EQ(propose("+1"), 7u);
    EXPECT_EQ(newest_goal(world.fs).value()->trials, 6);
}

TEST_F(OptimizerGoal, MayBeSmallerThanTheDeclaration) {
    EXPECT_EQ(propose("2"), 2u);
    EXPECT_EQ(propose(), 2u);
}

TEST_F(OptimizerGoal, AnEditIsTheNewerWord) {
    EXPECT_EQ(propose("6"), 6u);
    declare(5);
    EXPECT_EQ(propose(), 6u);
    declare(9);
    EXPECT_EQ(propose(), 9u);
}

TEST_F(OptimizerGoal, AnEditUnderARunningOptimizerToo) {
    OptimizerOptions options;
    must(read_trials("2", options));
    ASSERT_THAT(world.start(options), SizeIs(0));
    world.tick();
    declare(5);
    world.tick();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(5));
}

TEST_F(OptimizerGoal, OneOfANewerReleaseIsRefused) {
    prepare_experiment(world.fs, "0123456789abcdef").value();
    world.fs.put(layout::optimizer + "/goal.0000000001", R"({"format":2,"trials":3,"declared":4})");
    auto errors = world.start();
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_EQ(errors[0].code, Code::newer_version);
}

TEST_F(OptimizerGoal, TheNewestCountsAndOlderOnesGo) {
    prepare_experiment(world.fs, "0123456789abcdef").value();
    must(publish_goal(world.fs, 9, {8, 4}, "a"));
    must(publish_goal(world.fs, 10, {9, 4}, "b"));
    world.fs.put(layout::optimizer + "/goal.notes", "a person's");
    EXPECT_EQ(newest_goal(world.fs).value()->trials, 9);
    EXPECT_FALSE(world.fs.exists(layout::optimizer + "/goal.0000000009"));
}

}  // namespace
}  // namespace tw::test
