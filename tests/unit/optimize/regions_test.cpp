#include "optimize/regions.hpp"

#include <gtest/gtest.h>

#include "unit/optimize/spaces.hpp"

namespace tw::test {
namespace {

const Space space{{log_real("lr", 1e-5, 0.1), integer("layers", 1, 4),
                   choice("opt", {text("adam"), text("sgd")}),
                   when(real("momentum", 0, 1), "opt", {text("sgd")}), fixed("epochs", std::int64_t{9})}};

Params trial(double lr, std::int64_t layers, const char* opt, double momentum = -1) {
    Params params{{"lr", lr}, {"layers", layers}, {"opt", text(opt)}};
    if (momentum >= 0) params["momentum"] = momentum;
    return params;
}

Members members_of(const std::vector<Params>& trials) {
    Members members;
    for (const Params& params : trials) members.push_back(&params);
    return members;
}

TEST(Regions, FromTheLeastToTheLargest) {
    const std::vector<Params> trials{trial(1e-3, 2, "sgd", 0.5), trial(3e-4, 3, "sgd", 0.9),
                                     trial(2e-3, 2, "adam")};
    const Region lr = region_of(space.parameters[0], members_of(trials));
    EXPECT_EQ(lr.low, 3e-4);
    EXPECT_EQ(lr.high, 2e-3);
    const Region momentum = region_of(space.parameters[3], members_of(trials));
    EXPECT_EQ(momentum.active, 2u);
    EXPECT_EQ(momentum.low, 0.5);
    const Region opt = region_of(space.parameters[2], members_of(trials));
    ASSERT_EQ(opt.choices.size(), 2u);
    EXPECT_EQ(to_text(opt.choices[0].first), "sgd");
    EXPECT_EQ(opt.choices[0].second, 2u);
    EXPECT_EQ(region_of(space.parameters[0], {}).active, 0u);
}

TEST(Regions, NearAnEnd) {
    std::vector<Params> trials;
    for (const double lr : {0.09, 0.07, 0.099, 1e-3, 2e-4}) trials.push_back(trial(lr, 1, "adam"));
    EXPECT_EQ(edge_of(space.parameters[0], members_of(trials)), Edge::high) << "a tenth of the decades";
    EXPECT_EQ(edge_of(space.parameters[1], members_of(trials)), Edge::none)
        << "of four values one is nothing special";
    EXPECT_EQ(edge_of(space.parameters[2], members_of(trials)), Edge::none);
    trials[0] = trial(1e-4, 1, "adam");
    EXPECT_EQ(edge_of(space.parameters[0], members_of(trials)), Edge::none) << "two of five";
    trials.pop_back();
    EXPECT_EQ(edge_of(integer("n", 1, 8), {}), Edge::none);
    std::vector<Params> small;
    for (const std::int64_t n : {1, 1, 1, 5, 2}) small.push_back({{"n", n}});
    EXPECT_EQ(edge_of(integer("n", 1, 8), members_of(small)), Edge::low);
}

TEST(Regions, WhatFailedTrialsShare) {
    std::vector<Params> failed, others;
    for (int i = 0; i < 4; ++i)
        failed.push_back(trial(0.05 + 0.01 * i, 1 + i % 4, i % 2 ? "adam" : "sgd", i % 2 ? -1 : 0.5));
    for (int i = 0; i < 30; ++i)
        others.push_back(trial(1e-5 * (i + 1), 1 + i % 4, i % 2 ? "adam" : "sgd", i % 2 ? -1 : 0.5));
    const auto trait = common_trait(space, members_of(failed), members_of(others));
    ASSERT_TRUE(trait);
    EXPECT_EQ(trait->parameter, "lr");
    EXPECT_EQ(trait->low, 0.05);
    EXPECT_FALSE(trait->high);
    EXPECT_EQ(trait->others, 0u);
}

TEST(Regions, AChoiceThatAllHave) {
    std::vector<Params> failed, others;
    for (int i = 0; i < 5; ++i) failed.push_back(trial(1e-4 * (i * 7 % 5 + 1), 1 + i % 4, "sgd", 0.1 * i));
    for (int i = 0; i < 30; ++i)
        others.push_back(trial(1e-4 * (i * 7 % 5 + 1), 1 + i % 4, i % 6 ? "adam" : "sgd", i % 6 ? -1 : 0.2));
    const auto trait = common_trait(space, members_of(failed), members_of(others));
    ASSERT_TRUE(trait);
    EXPECT_EQ(trait->parameter, "opt");
    EXPECT_EQ(to_text(*trait->choice), "sgd");
    EXPECT_EQ(trait->others, 5u);
}

TEST(Regions, NothingIsSharedWhereChanceWouldDo) {
    std::vector<Params> failed, others;
    for (int i = 0; i < 3; ++i) failed.push_back(trial(1e-4 * (i + 1), 1 + i, "sgd", 0.1 * i));
    for (int i = 0; i < 8; ++i)
        others.push_back(trial(1e-4 * (i + 1), 1 + i % 4, i % 2 ? "adam" : "sgd", i % 2 ? -1 : 0.2));
    EXPECT_FALSE(common_trait(space, members_of(failed), members_of(others)));
    EXPECT_FALSE(common_trait(space, members_of(others), {}));
    EXPECT_FALSE(common_trait(space, {}, members_of(others)));
}

}  // namespace
}  // namespace tw::test
