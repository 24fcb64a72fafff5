// Choices with an order are like numbers to a model.
#include <gtest/gtest.h>

#include "optimize/gp/features.hpp"
#include "optimize/tpe/parzen.hpp"
#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

Parameter sizes(int count, bool ordered) {
    std::vector<Scalar> names;
    for (int i = 0; i < count; ++i) names.push_back("size " + std::to_string(i));
    Parameter p = choice("size", std::move(names));
    p.ordered = ordered;
    return p;
}

TEST(Ordered, ModelsSeeLevelsInsteadOfCategories) {
    const Space plain{{sizes(5, false)}}, ordered{{sizes(5, true)}}, number{{integer("size", 0, 4)}};
    EXPECT_TRUE(tpe::axes_of(UnitCube(plain))[0].category);
    EXPECT_FALSE(tpe::axes_of(UnitCube(ordered))[0].category);
    EXPECT_EQ(tpe::axes_of(UnitCube(ordered))[0].levels, tpe::axes_of(UnitCube(number))[0].levels);
    EXPECT_EQ(gp::columns_of(UnitCube(plain))[0].kind, gp::ColumnKind::category);
    EXPECT_EQ(gp::columns_of(UnitCube(ordered))[0].kind, gp::ColumnKind::ordered);
    EXPECT_EQ(gp::columns_of(UnitCube(ordered))[0].levels, gp::columns_of(UnitCube(number))[0].levels);
}

// Each sampler proposes for the choices the numbers that it proposes for a number of as many values.
class OrderedChoices : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, OrderedChoices,
                         testing::Values("random", "sobol", "grid", "tpe", "gp", "cmaes", "nsga2", "auto"));

TEST_P(OrderedChoices, AreSearchedAsANumberIs) {
    const Space choices{{sizes(17, true), real("x", 0, 1, 0.125)}};
    const Space numbers{{integer("size", 0, 16), real("x", 0, 1, 0.125)}};
    const auto one = sampler(choices, GetParam()), other = sampler(numbers, GetParam());
    for (std::int64_t k = 0; k < 60; ++k) {
        const Params named = one->ask(k).value().params, counted = other->ask(k).value().params;
        const auto index = std::get<std::int64_t>(counted.at("size"));
        ASSERT_EQ(named.at("size"), Scalar("size " + std::to_string(index))) << k;
        ASSERT_EQ(named.at("x"), counted.at("x")) << k;
        const double cost = std::pow(static_cast<double>(index) - 11, 2) + std::get<double>(counted.at("x"));
        for (Sampler* s : {one.get(), other.get()}) s->proposed(k, {s == one.get() ? named : counted, ""});
        one->tell({std::to_string(k), k + 1, k, named, EndState::complete, {cost}});
        other->tell({std::to_string(k), k + 1, k, counted, EndState::complete, {cost}});
    }
}

TEST(Ordered, CmaesTakesThemAndNoOthers) {
    OptimizerSpec spec;
    spec.sampler = "cmaes";
    EXPECT_TRUE(make_sampler({{sizes(5, true)}}, spec, {{"cost", Direction::minimize}}));
    EXPECT_FALSE(make_sampler({{sizes(5, false)}}, spec, {{"cost", Direction::minimize}}));
}

}  // namespace
}  // namespace tw
