// Configurations that are tried before the sampler is asked.
#include "optimize/first.hpp"

#include <gtest/gtest.h>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

OptimizerSpec spec_of(std::string name, std::vector<Params> first, std::uint64_t seed = 1) {
    OptimizerSpec spec;
    spec.sampler = std::move(name);
    spec.seed = seed;
    spec.first = std::move(first);
    return spec;
}

std::unique_ptr<Sampler> made(const Space& space, const OptimizerSpec& spec) {
    return std::move(make_sampler(space, spec, {{"cost", Direction::minimize}}).value());
}

TEST(First, AfterTheDefaultsAndBeforeTheSampler) {
    const Space space{
        {with_default(integer("n", 1, 4), std::int64_t{2}), with_default(real("x", 0, 1), 0.5)}};
    const std::vector<Params> first{{{"n", std::int64_t{3}}, {"x", std::int64_t{1}}},
                                    {{"n", 4.0}, {"x", 0.0}}};
    for (const char* name : {"random", "sobol", "tpe", "gp", "cmaes", "nsga2", "auto"}) {
        const auto with = made(space, spec_of(name, first)), without = made(space, spec_of(name, {}));
        EXPECT_EQ(with->ask(0)->params, without->ask(0)->params) << name;
        EXPECT_EQ(with->ask(0)->by, "default");
        EXPECT_EQ(with->ask(1)->params, (Params{{"n", std::int64_t{3}}, {"x", 1.0}})) << name;
        EXPECT_EQ(with->ask(2)->params, (Params{{"n", std::int64_t{4}}, {"x", 0.0}})) << name;
        EXPECT_EQ(with->ask(2)->by, "first");
        for (std::int64_t k = 1; k < 6; ++k)
            EXPECT_EQ(with->ask(k + 2)->params, without->ask(k)->params) << name << " " << k;
    }
}

TEST(First, WhatIsLeftOutIsDrawnAndFits) {
    Space space = mixed_space();
    space.parameters[0].prior = Prior{1e-3, 1e-9, {}};
    const std::vector<Params> first{
        {}, {{"optimizer", text("sgd")}, {"momentum", 0.9}}, {{"layers", 2.0}}, {}};
    const auto drawn = first_configurations(space, spec_of("random", first));
    ASSERT_EQ(drawn.size(), 4u);
    for (const Suggestion& one : drawn) {
        EXPECT_TRUE(fits(space, one.params)) << key(one.params);
        EXPECT_NEAR(std::get<double>(one.params.at("lr")), 1e-3, 1e-7);
    }
    EXPECT_EQ(drawn[1].params.at("momentum"), Scalar(0.9));
    EXPECT_EQ(drawn[2].params.at("layers"), Scalar(std::int64_t{2}));
    EXPECT_NE(key(drawn[0].params), key(drawn[3].params));
    EXPECT_EQ(first_configurations(space, spec_of("random", first))[3].params, drawn[3].params);
    EXPECT_NE(key(first_configurations(space, spec_of("random", first, 2))[3].params), key(drawn[3].params));
}

TEST(First, NothingIsTriedTwice) {
    const Space space{{with_default(integer("n", 1, 4), std::int64_t{2})}};
    const auto first = first_configurations(space, spec_of("random", {{{"n", 2.0}}, {{"n", 3.0}}}));
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[1].params, (Params{{"n", std::int64_t{3}}}));
}

TEST(First, TheGridLeavesThemOut) {
    const Space space{{integer("n", 1, 5), choice("c", {true, false})}};
    const auto s = made(space, spec_of("grid", {{{"n", 4.0}, {"c", false}}, {{"n", 1.0}, {"c", true}}}));
    ASSERT_EQ(s->limit(), 10);
    std::set<std::string> seen;
    for (std::int64_t k = 0; k < 10; ++k) seen.insert(key(s->ask(k).value().params));
    EXPECT_EQ(seen.size(), 10u);
    EXPECT_FALSE(s->ask(10));
}

}  // namespace
}  // namespace tw
