// experiment.json changes while the search is under way, or between two of its processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string sobol = R"("trials":6,"parallel":2,"sampler":"sobol")";

void run_two(OptimizerWorld& world) {
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    world.end("000000", 1);
    world.end("000001", 2);
}

TEST(OptimizerSpace, ANewParameterWithADefaultKeepsOldTrials) {
    OptimizerWorld world(sobol);
    run_two(world);
    std::string old_run = world.optimizer->search().name();
    world.declare(
        experiment_json(plain_space + R"(,"n":{"type":"int","low":1,"high":9,"default":3})", sobol));
    world.tick();
    auto& search = world.optimizer->search();
    EXPECT_NE(search.name(), old_run);
    EXPECT_EQ(search.told(), 2);
    EXPECT_EQ(search.left_out(), 0);
    auto third = world.configs().at("000002");
    EXPECT_EQ(third.proposal.run, search.name());
    EXPECT_EQ(third.proposal.k, 0);
    EXPECT_EQ(third.proposal.seen, 2);
    EXPECT_TRUE(third.params.contains("n"));
    EXPECT_THAT(world.said.text, HasSubstr("the search is another one now"));
}

TEST(OptimizerSpace, WithoutADefaultTheyAreLeftOut) {
    OptimizerWorld world(sobol);
    run_two(world);
    world.declare(experiment_json(plain_space + R"(,"n":{"type":"int","low":1,"high":9})", sobol));
    world.tick();
    EXPECT_EQ(world.optimizer->search().told(), 0);
    EXPECT_EQ(world.optimizer->search().left_out(), 2);
    EXPECT_THAT(world.said.text, HasSubstr("2 ended trials are left out"));
    EXPECT_THAT(world.said.text, HasSubstr("'n' has no default"));
    EXPECT_EQ(world.configs().at("000002").proposal.seen, 2);  // told or not, they are behind us
}

TEST(OptimizerSpace, TheBudgetCountsEveryRun) {
    OptimizerWorld world(sobol);
    run_two(world);
    world.declare(experiment_json(R"("x":{"type":"float","low":0,"high":2})", sobol));
    for (int i = 0; i < 10; ++i) {
        world.tick();
        if (auto live = world.unended(); !live.empty()) world.end(live.front(), 3);
    }
    EXPECT_TRUE(world.optimizer->finished());
    EXPECT_THAT(world.configs(), SizeIs(6));
}

TEST(OptimizerSpace, TheSameDeclarationContinuesItsRun) {
    OptimizerWorld world(R"("trials":4,"parallel":4,"sampler":"sobol")");
    ASSERT_THAT(world.start(), IsEmpty());
    std::string first = world.optimizer->search().name();
    world.tick();
    world.declare(experiment_json(plain_space, R"("trials":6,"parallel":9,"seed":2,"sampler":"sobol")"));
    world.tick();
    EXPECT_EQ(world.configs().at("000005").proposal.k, 1);
    world.declare(
        experiment_json(" " + plain_space, R"("trials":7,"parallel":9,"seed":1,"sampler":"sobol")"));
    world.tick();
    EXPECT_EQ(world.optimizer->search().name(), first);
    EXPECT_EQ(world.configs().at("000006").proposal.k, 4);
    EXPECT_EQ(world.configs().at("000006").proposal.run, first);
}

TEST(OptimizerSpace, ABrokenDeclarationIsSaidOnceAndLeft) {
    OptimizerWorld world(sobol);
    run_two(world);
    world.declare(R"({"format":1,"name":"t","objectives":[{"name":"cost"}],"space":{"x":{"type":"flaot"}}})");
    world.tick();
    world.tick();
    world.tick();
    EXPECT_THAT(world.configs(), SizeIs(4));
    EXPECT_EQ(world.said.count("goes on as before"), 1);
    EXPECT_EQ(world.said.count("flaot"), 1);
}

TEST(OptimizerSpace, MistakesAtTheStartAreAllReturned) {
    OptimizerWorld world;
    world.declare(R"({"format":1,"name":"t","objectives":[{"name":"cost"}],)"
                  R"("space":{"x":{"type":"flaot"},"y":{"type":"int","low":3,"high":1}}})");
    auto errors = world.start();
    EXPECT_GE(errors.size(), 2u);
    EXPECT_EQ(exit_status(errors[0]), 2);
    EXPECT_FALSE(world.fs.exists(layout::private_directory));
}

TEST(OptimizerSpace, RunNamesTellDeclarationsApart) {
    auto space = [](const std::string& text) {
        return read_experiment(experiment_json(text, ""), "").value().space;
    };
    Space plain = space(plain_space);
    std::string name = run_name("id", plain, "sobol", 1);
    EXPECT_EQ(name, "7e5a1ab37630");
    EXPECT_NE(name, run_name("di", plain, "sobol", 1));
    EXPECT_NE(name, run_name("id", plain, "random", 1));
    EXPECT_NE(name, run_name("id", plain, "sobol", 2));
    std::set<std::string> names{name};
    for (auto* other :
         {R"("x":{"type":"float","low":0,"high":1,"default":0.5})", R"("x":{"type":"int","low":0,"high":1})",
          R"("x":{"type":"float","low":0.5,"high":1,"log":true})", R"("y":{"type":"float","low":0,"high":1})",
          R"("x":{"type":"fixed","value":1})", R"("x":{"type":"fixed","value":"1"})",
          R"("x":{"type":"categorical","choices":["a","b"]})",
          R"("x":{"type":"categorical","choices":["b","a"]})",
          R"("x":{"type":"int","low":0,"high":3},"y":{"type":"fixed","value":2,"when":{"x":{"ge":1}}})",
          R"("x":{"type":"int","low":0,"high":3},"y":{"type":"fixed","value":2,"when":{"x":{"gt":1}}})"})
        EXPECT_TRUE(names.insert(run_name("id", space(other), "sobol", 1)).second) << other;
    for (auto* other : {R"("x":{"type":"float","low":0,"high":1,"prior":{"mean":0.5,"std":1}})",
                        R"("x":{"type":"float","low":0,"high":1,"prior":{"mean":0.5,"std":2}})",
                        R"("x":{"type":"categorical","choices":["a","b"],"ordered":true})",
                        R"("x":{"type":"categorical","choices":["a","b"],"prior":{"weights":[1,2]}})"})
        EXPECT_TRUE(names.insert(run_name("id", space(other), "sobol", 1)).second) << other;
    for (auto& first : std::vector<std::vector<Params>>{{{}}, {{{"x", 0.5}}}, {{{"x", 0.5}}, {}}})
        EXPECT_TRUE(names.insert(run_name("id", plain, "sobol", 1, first)).second);
    EXPECT_EQ(run_name("id", plain, "sobol", 1, {}), name);
}

}  // namespace
}  // namespace tw::test
