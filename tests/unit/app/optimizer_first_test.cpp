// optimizer.first: what is tried before the sampler is asked, and what of it is not tried again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "optimizer_world.hpp"

namespace tw::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string numbers = R"("x":{"type":"int","low":0,"high":99,"default":5})";
const std::string three = R"("trials":6,"parallel":9,"sampler":"random","first":[{"x":1},{"x":2},{"x":3}])";

struct FirstWorld : OptimizerWorld {
    explicit FirstWorld(const std::string& optimizer_part = three) : OptimizerWorld(optimizer_part, numbers) {
        watch();
    }
    void make_by_hand(int x, EndState state = EndState::complete) {
        const TrialId id = "hand" + std::to_string(x);
        fs.put(layout::config(id), fmt::format(R"({{"x":{}}})", x));
        end_as(id, ++seq, state, {{"cost", 1}});
    }
    // Of the newest run, by number: "k=x".
    std::vector<std::string> proposed() {
        std::map<std::int64_t, std::string> found;
        for (auto& [id, config] : configs())
            if (config.proposal.run == optimizer->search().name())
                found[config.proposal.k] =
                    fmt::format("{}={}", config.proposal.k, to_text(config.params.at("x")));
        std::vector<std::string> list;
        for (auto& [k, text] : found) list.push_back(text);
        return list;
    }
    void declare_first(const std::string& first, int trials) {
        declare(experiment_json(
            numbers,
            fmt::format(R"("trials":{},"parallel":99,"sampler":"random","first":{})", trials, first)));
    }
};

std::vector<std::string> beginning(std::vector<std::string> list, std::size_t count) {
    list.resize(std::min(list.size(), count));
    return list;
}

TEST(OptimizerFirst, TheyComeAfterTheDefaultsInTheirOrder) {
    FirstWorld world;
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    EXPECT_THAT(beginning(world.proposed(), 4), ElementsAre("0=5", "1=1", "2=2", "3=3"));
    EXPECT_EQ(world.proposed().size(), 6u);
    EXPECT_EQ(world.configs().at("000002").proposal.sampler, "first");
}

TEST(OptimizerFirst, WhatAPersonHasTriedIsNotProposed) {
    FirstWorld world;
    world.make_by_hand(2);
    world.make_by_hand(3, EndState::failed);
    world.make_by_hand(5);
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    EXPECT_THAT(beginning(world.proposed(), 2), ElementsAre("1=1", "3=3"));
    EXPECT_EQ(world.proposed().size(), 6u);
    EXPECT_THAT(world.said.text, HasSubstr("trial hand5 has tried the default configuration"));
    EXPECT_THAT(world.said.text, HasSubstr("trial hand2 has tried configuration 2"));
}

// Killed between any two of them, and where a person tries one of them meanwhile.
TEST(OptimizerFirst, ARestartChangesNothing) {
    const auto search = [](bool killed) {
        FirstWorld world(R"("trials":6,"parallel":1,"sampler":"random","first":[{"x":1},{"x":2},{"x":3}])");
        world.make_by_hand(1);
        EXPECT_THAT(world.start(), IsEmpty());
        for (int i = 0; i < 12; ++i) {
            world.tick();
            if (killed) world.restart();
            if (i == 1) world.make_by_hand(3);
            world.clock.advance(Seconds(3600));  // others' trials are looked for now and then
            for (auto& id : world.unended()) world.end(id, 1);
        }
        return world.proposed();
    };
    const auto whole = search(false);
    EXPECT_THAT(beginning(whole, 2), ElementsAre("0=5", "2=2"));
    EXPECT_EQ(whole.size(), 6u);
    EXPECT_EQ(whole[2].substr(0, 2), "4=") << "3 was tried by hand";
    EXPECT_EQ(search(true), whole);
}

TEST(OptimizerFirst, AnEditedListIsAnotherRunThatRepeatsNothing) {
    FirstWorld world(R"("trials":3,"parallel":9,"sampler":"random","first":[{"x":1},{"x":2}])");
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    for (auto& id : world.unended()) world.end(id, 1);
    const std::string run = world.optimizer->search().name();
    world.declare_first(R"([{"x":2},{"x":7},{"x":1}])", 5);
    world.tick();
    world.tick();
    EXPECT_NE(world.optimizer->search().name(), run);
    EXPECT_THAT(beginning(world.proposed(), 1), ElementsAre("2=7"));
    EXPECT_EQ(world.proposed().size(), 2u);
}

TEST(OptimizerFirst, LostFromBetweenOthersTheyAreProposedAgain) {
    FirstWorld world;
    world.make_by_hand(1);
    ASSERT_THAT(world.start(), IsEmpty());
    world.tick();
    const auto whole = world.proposed();
    for (auto& [id, config] : world.configs())
        if (config.proposal.k == 2) {
            must(world.fs.remove(layout::config(id)));
            must(world.fs.remove_directory(layout::trial(id)));
        }
    world.restart();
    world.tick();
    EXPECT_EQ(world.proposed(), whole);
}

}  // namespace
}  // namespace tw::test
