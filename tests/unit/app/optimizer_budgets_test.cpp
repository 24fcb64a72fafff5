// Trials that go on from others, as the optimizer publishes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string asha = R"("pruner":{"type":"asha","max":9,"promote":true})";

// Whose checkpoint each proposal goes on from: "" or "000001 to 3", by trial.
std::map<TrialId, std::string> continued(const OptimizerWorld& world) {
    std::map<TrialId, std::string> found;
    for (auto& [id, config] : world.configs())
        found[id] = config.proposal.parent.empty()
                        ? ""
                        : fmt::format("{} to {}", config.proposal.parent, config.proposal.budget.value_or(0));
    return found;
}

TEST(OptimizerBudgets, TheBestOfARungGoesOnOnceItsOutcomeIsThere) {
    OptimizerWorld world(R"("sampler":"sobol","trials":5,"parallel":3,)" + asha);
    EXPECT_THAT(world.start(), IsEmpty());
    world.watch();
    world.restart();
    world.tick();
    world.fs.put("trials/000001/result.json", R"({"cost":0})");  // not an ending where there is a watcher
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(3));
    for (auto* id : {"000000", "000001", "000002"}) world.end(id, id == std::string("000001") ? 1 : 2);
    world.tick();
    EXPECT_EQ(continued(world)["000003"], "000001 to 3");
    EXPECT_EQ(world.configs().at("000003").params, world.configs().at("000001").params);
    EXPECT_EQ(continued(world)["000004"], "");
    EXPECT_EQ(world.configs().at("000004").proposal.budget, 1.0);
}

// The lost one would go on from the trial that a later one of the same batch, which was kept, goes on from.
TEST(OptimizerBudgets, ANumberThatThePowerTookPromotesNobodyTwice) {
    OptimizerWorld world(R"("sampler":"sobol","trials":8,"parallel":6,)" + asha);
    EXPECT_THAT(world.start(), IsEmpty());
    world.watch();
    world.restart();
    world.tick();
    for (auto& id : world.unended()) world.end(id, std::stod(id));
    world.tick();
    EXPECT_EQ(continued(world)["000006"], "000000 to 3");
    EXPECT_EQ(continued(world)["000007"], "000001 to 3");
    // As if what is known had been another order: 7 went on from the best, and 6 is gone.
    Config kept = world.configs().at("000007");
    kept.proposal.parent = "000000";
    world.fs.put(layout::config("000007"), write_config(kept));
    must(world.fs.remove(layout::config("000006")));
    must(world.fs.remove_directory(layout::trial("000006")));
    world.restart();
    world.tick();
    std::map<std::string, int> children;
    for (auto& [id, config] : world.configs())
        if (!config.proposal.parent.empty()) ++children[config.proposal.parent];
    EXPECT_EQ(children["000000"], 1);
}

TEST(OptimizerBudgets, ASearchEndsWhenNobodyIsLeftToPromote) {
    OptimizerWorld world(R"("sampler":"grid","trials":50,"parallel":4,)" + asha,
                         R"("x":{"type":"categorical","choices":["a","b","c"]})");
    EXPECT_THAT(world.start(), IsEmpty());
    world.watch();
    world.restart();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(3));
    world.tick();
    EXPECT_FALSE(world.optimizer->finished());  // three are at work, and there is room for one more
    for (auto& id : world.unended()) world.end(id, std::stod(id));
    world.tick();
    EXPECT_EQ(continued(world)["000003"], "000000 to 3");
    EXPECT_FALSE(world.optimizer->finished());
    world.end("000003", 0);
    world.tick();
    EXPECT_TRUE(world.optimizer->finished());
    EXPECT_THAT(world.configs(), SizeIs(4));
}

TEST(OptimizerBudgets, APopulationWhoseMemberIsRemovedDoesNotWaitForEver) {
    OptimizerWorld world(R"("sampler":"pbt","trials":50,"parallel":4,"pbt":{"population":2,"max":1})");
    EXPECT_THAT(world.start(), IsEmpty());
    world.watch();
    world.restart();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(2));
    world.end("000000", 1);
    must(world.fs.remove(layout::config("000001")));
    must(world.fs.remove_directory(layout::trial("000001")));
    for (int i = 0; i < 30 && !world.optimizer->finished(); ++i) world.tick();
    EXPECT_TRUE(world.optimizer->finished());
}

TEST(OptimizerBudgets, TheSummaryNamesTheBestOfTheHighestBudget) {
    OptimizerWorld world(R"("sampler":"sobol","trials":4,"parallel":3,)" + asha);
    EXPECT_THAT(world.start(), IsEmpty());
    world.watch();
    world.restart();
    world.tick();
    for (auto& id : world.unended()) world.end(id, std::stod(id));
    world.tick();
    world.end("000003", 5);
    EXPECT_EQ(world.optimizer->run(), 0);
    EXPECT_EQ(world.said.count("best: 000003"), 1);
}

}  // namespace
}  // namespace tw::test
