#include "optimize/grid.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

// The long way: every choice for every parameter, one parameter after another.
std::vector<Params> enumerate(const Space& space) {
    std::vector<Params> all{{}};
    for (const Parameter* p : decision_order(space)) {
        std::vector<Params> longer;
        for (const Params& chosen : all) {
            const bool active = is_active(space, *p, chosen);
            if (!active) longer.push_back(chosen);
            for (std::int64_t i = 0; active && i < axis_count(*p); ++i) {
                longer.push_back(chosen);
                longer.back()[p->name] = axis_value(*p, i);
            }
        }
        all = std::move(longer);
    }
    return all;
}

void expect_each_once(const Space& space, const char* what) {
    const Grid grid = Grid::make(space).value();
    std::set<std::string> expected, seen;
    for (const Params& params : enumerate(space)) expected.insert(key(params));
    ASSERT_EQ(grid.size(), static_cast<std::int64_t>(expected.size())) << what;
    for (std::int64_t i = 0; i < grid.size(); ++i) {
        const Params params = grid.at(i);
        EXPECT_TRUE(expected.count(key(params))) << what << " " << i;
        EXPECT_TRUE(seen.insert(key(params)).second) << what << " " << i;
        EXPECT_EQ(grid.find(params), i) << what;
    }
}

TEST(Grid, UnconditionalInDeclarationOrder) {
    const Space space{{choice("a", {text("x"), text("y")}), integer("n", 1, 3), real("r", 0, 0.5, 0.25)}};
    expect_each_once(space, "unconditional");
    const Grid grid = Grid::make(space).value();
    EXPECT_EQ(grid.at(0), (Params{{"a", text("x")}, {"n", std::int64_t{1}}, {"r", 0.0}}));
    EXPECT_EQ(grid.at(1), (Params{{"a", text("x")}, {"n", std::int64_t{1}}, {"r", 0.25}}));
    EXPECT_EQ(grid.at(9), (Params{{"a", text("y")}, {"n", std::int64_t{1}}, {"r", 0.0}}));
}

TEST(Grid, RealsWithoutStepHaveTenPoints) {
    const Grid linear = Grid::make({{real("x", 0, 9)}}).value();
    ASSERT_EQ(linear.size(), 10);
    for (std::int64_t i = 0; i < 10; ++i)
        EXPECT_DOUBLE_EQ(std::get<double>(linear.at(i).at("x")), static_cast<double>(i));
    const Grid log = Grid::make({{log_real("x", 1e-9, 1)}}).value();
    EXPECT_EQ(std::get<double>(log.at(0).at("x")), 1e-9);
    EXPECT_NEAR(std::get<double>(log.at(3).at("x")), 1e-6, 1e-18);
    EXPECT_EQ(std::get<double>(log.at(9).at("x")), 1);
    EXPECT_EQ(Grid::make({{real("x", 2, 2)}}).value().size(), 1);
}

TEST(Grid, ConditionalsOnlyWhereActive) {
    const Space space{
        {choice("opt", {text("adam"), text("sgd"), text("lion")}),
         when(real("momentum", 0, 0.9, 0.1), "opt", {text("sgd"), text("lion")}), integer("layers", 1, 4),
         when_at_least(integer("width2", 1, 5), "layers", 2),
         when_at_least(when(choice("gate", {true, false}), "opt", {text("lion")}), "width2", 4)}};
    expect_each_once(space, "conditional");
    const std::int64_t adam = 1 + 3 * 5, lion = 1 + 3 * (3 + 2 * 2);
    EXPECT_EQ(Grid::make(space).value().size(), adam + 10 * adam + 10 * lion);
}

TEST(Grid, RandomSpacesEachOnce) {
    int tried = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Space space = random_space(seed);
        if (Grid::make(space).value().size() > 400) continue;
        expect_each_once(space, std::to_string(seed).c_str());
        ++tried;
    }
    EXPECT_GT(tried, 100);
}

TEST(Grid, ManyIndependentConditionsAreCountedAtOnce) {
    Space space;
    for (int i = 0; i < 25; ++i) space.parameters.push_back(choice("a" + std::to_string(i), {true, false}));
    for (int i = 0; i < 25; ++i) {
        const std::string parent = "a" + std::to_string(i);
        space.parameters.push_back(
            when(choice("b" + std::to_string(i), {std::int64_t{1}, std::int64_t{2}}), parent, {true}));
    }
    EXPECT_EQ(Grid::make(space).value().size(), 847288609443);  // 3^25
}

TEST(Grid, CountsSaturateAndStillLead) {
    Space space;
    for (int i = 0; i < 12; ++i) space.parameters.push_back(integer("n" + std::to_string(i), 0, 999999));
    const Grid grid = Grid::make(space).value();
    EXPECT_EQ(grid.size(), std::numeric_limits<std::int64_t>::max());
    const Params params = grid.at(1234567);
    EXPECT_EQ(params.at("n11"), Scalar{std::int64_t{234567}});
    EXPECT_EQ(params.at("n10"), Scalar{std::int64_t{1}});
    EXPECT_EQ(grid.find(params), 1234567);
    EXPECT_TRUE(fits(space, grid.at(grid.size() - 1)));
}

TEST(Grid, ParentsWithTooManyValuesAreRefusedByName) {
    const auto grid = Grid::make({{integer("seed", 0, 1e9), when_at_least(real("x", 0, 1), "seed", 5)}});
    ASSERT_FALSE(grid);
    EXPECT_EQ(grid.error().code, Code::invalid);
    EXPECT_EQ(grid.error().pointer, "/space/seed");
    EXPECT_TRUE(Grid::make({{integer("seed", 0, 1e9), real("x", 0, 1)}}));
}

TEST(Grid, OthersConfigurationsAreNotFound) {
    const Grid grid = Grid::make(mixed_space()).value();
    Params params = grid.at(77);
    params["dropout"] = 0.15;
    EXPECT_FALSE(grid.find(params));
    params = grid.at(77);
    params["stranger"] = true;
    EXPECT_FALSE(grid.find(params));
    params = grid.at(77);
    params.erase("batch");
    EXPECT_FALSE(grid.find(params));
}

TEST(Grid, SaysWhenItIsComplete) {
    const auto s = sampler({{integer("n", 1, 3)}}, "grid");
    EXPECT_EQ(s->limit(), 3);
    EXPECT_TRUE(s->ask(2));
    const auto answer = s->ask(3);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::not_found);
    EXPECT_NE(answer.error().what.find("the grid is complete"), std::string::npos);
}

}  // namespace
}  // namespace tw
