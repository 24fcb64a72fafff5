#include "records/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "records/carry_over.hpp"

namespace tw {
namespace {

using std::int64_t;
using testing::ElementsAre;
using testing::HasSubstr;

Parameter real(std::string name, double low, double high, double step = 0) {
    Parameter parameter{std::move(name), ParameterType::real, low, high, step};
    return parameter;
}

Parameter integer(std::string name, double low, double high, double step = 0) {
    return {std::move(name), ParameterType::integer, low, high, step};
}

Parameter choice(std::string name, std::vector<Scalar> choices) {
    Parameter parameter{std::move(name), ParameterType::categorical};
    parameter.choices = std::move(choices);
    return parameter;
}

Parameter when(Parameter parameter, Condition condition) {
    parameter.when.push_back(std::move(condition));
    return parameter;
}

Parameter with_default(Parameter parameter, Scalar value) {
    parameter.default_value = std::move(value);
    return parameter;
}

Condition is(std::string parent, std::vector<Scalar> values) {
    return {std::move(parent), std::move(values)};
}

// momentum needs sgd; nesterov needs momentum > 0.5: declared children first.
Space nested() {
    Condition high_momentum{"momentum", {}};
    high_momentum.gt = 0.5;
    return {{when(choice("nesterov", {true, false}), high_momentum),
             when(real("momentum", 0, 0.99), is("optimizer", {std::string("sgd")})),
             choice("optimizer", {std::string("adam"), std::string("sgd")})}};
}

TEST(Space, ParentsComeFirst) {
    const Space space = nested();
    std::vector<std::string> names;
    for (const Parameter* parameter : decision_order(space)) names.push_back(parameter->name);
    EXPECT_THAT(names, ElementsAre("optimizer", "momentum", "nesterov"));
    EXPECT_EQ(space.find("nothing"), nullptr);
}

TEST(Space, OrderEndsEvenInACircle) {
    const Space space{{when(real("a", 0, 1), is("b", {1.0})), when(real("b", 0, 1), is("a", {1.0}))}};
    EXPECT_EQ(decision_order(space).size(), 2u);
}

TEST(Space, Activity) {
    const Space space = nested();
    const Parameter& nesterov = space.parameters[0];
    EXPECT_TRUE(is_active(space, nesterov, {{"momentum", 0.6}}));
    EXPECT_FALSE(is_active(space, nesterov, {{"momentum", 0.5}}));
    EXPECT_FALSE(is_active(space, nesterov, {}));
    EXPECT_FALSE(is_active(space, nesterov, {{"momentum", std::string("high")}}));
}

TEST(Space, RangesOfConditions) {
    Condition range{"n", {}};
    range.ge = 2;
    range.lt = 4;
    const Space space{{integer("n", 0, 9), when(real("x", 0, 1), range)}};
    for (int64_t n = 0; n < 6; ++n)
        EXPECT_EQ(is_active(space, space.parameters[1], {{"n", n}}), n == 2 || n == 3) << n;
}

struct FitCase {
    Params params;
    const char* problem;  // "" fits
};

TEST(Space, Fits) {
    const Space space = nested();
    const std::string adam = "adam", sgd = "sgd";
    const FitCase cases[] = {
        {{{"optimizer", adam}}, ""},
        {{{"optimizer", sgd}, {"momentum", 0.2}}, ""},
        {{{"optimizer", sgd}, {"momentum", 0.9}, {"nesterov", true}}, ""},
        {{{"optimizer", sgd}, {"momentum", int64_t{0}}}, ""},
        {{}, "'optimizer' has no value"},
        {{{"optimizer", std::string("rmsprop")}}, "optimizer = 'rmsprop' is not one of the choices"},
        {{{"optimizer", sgd}}, "'momentum' has no value"},
        {{{"optimizer", sgd}, {"momentum", 1.5}}, "momentum = 1.5 is not from 0 to 0.99"},
        {{{"optimizer", sgd}, {"momentum", std::string("x")}}, "is not a number"},
        {{{"optimizer", sgd}, {"momentum", true}}, "is not a number"},
        {{{"optimizer", sgd}, {"momentum", std::nan("")}}, "is not from"},
        {{{"optimizer", adam}, {"momentum", 0.2}}, "although its conditions do not hold"},
        {{{"optimizer", sgd}, {"momentum", 0.9}, {"nesterov", int64_t{1}}}, "is not one of the choices"},
        {{{"optimzer", adam}}, "no parameter 'optimzer' (did you mean 'optimizer'?)"},
    };
    for (const auto& [params, problem] : cases) {
        const Status status = fits(space, params);
        EXPECT_EQ(status.has_value(), std::string(problem).empty()) << problem;
        EXPECT_THAT(status ? "" : status.error().text(), HasSubstr(problem));
    }
}

TEST(Space, GridsForgiveRoundingOnly) {
    const Parameter grid = real("x", 0.1, 1.0, 0.1);
    EXPECT_TRUE(in_domain(grid, 0.1 + 0.1 + 0.1));
    EXPECT_TRUE(in_domain(grid, 1.0000000000000002));
    EXPECT_FALSE(in_domain(grid, 0.35));
    EXPECT_FALSE(in_domain(grid, 1.1));
    const Parameter log = real("lr", 1e-5, 0.1);
    EXPECT_TRUE(in_domain(log, std::exp(std::log(0.1))));
    EXPECT_TRUE(in_domain(log, std::exp(std::log(1e-5))));
    EXPECT_FALSE(in_domain(log, 0.0999 + 0.001));
}

TEST(Space, WholeNumbers) {
    const Parameter even = integer("n", 2, 10, 2);
    EXPECT_TRUE(in_domain(even, int64_t{4}));
    EXPECT_TRUE(in_domain(even, 4.0));
    EXPECT_FALSE(in_domain(even, int64_t{5}));
    EXPECT_FALSE(in_domain(even, 4.5));
    EXPECT_FALSE(in_domain(even, int64_t{12}));
}

TEST(Space, DefaultConfiguration) {
    Space space = nested();
    EXPECT_EQ(default_configuration(space), std::nullopt);
    space.parameters[2].default_value = std::string("adam");
    EXPECT_EQ(default_configuration(space), (Params{{"optimizer", std::string("adam")}}));
    space.parameters[2].default_value = std::string("sgd");
    EXPECT_EQ(default_configuration(space), std::nullopt);
    space.parameters[1].default_value = 0.4;
    EXPECT_EQ(default_configuration(space), (Params{{"optimizer", std::string("sgd")}, {"momentum", 0.4}}));
}

TEST(Space, FixedValuesNeedNoDefault) {
    Parameter epochs{"epochs", ParameterType::fixed};
    epochs.value = int64_t{81};
    EXPECT_EQ(default_configuration({{epochs}}), (Params{{"epochs", int64_t{81}}}));
    EXPECT_TRUE(fits({{epochs}}, {{"epochs", 81.0}}));
    EXPECT_FALSE(fits({{epochs}}, {{"epochs", int64_t{80}}}));
}

TEST(Space, CarryOver) {
    const Space space{{real("lr", 0, 1), with_default(integer("layers", 1, 4), int64_t{2}),
                       when(real("momentum", 0, 1), is("layers", {int64_t{3}}))}};
    EXPECT_EQ(carry_over(space, {{"lr", 0.5}, {"gone", true}}).value(),
              (Params{{"lr", 0.5}, {"layers", int64_t{2}}}));
    EXPECT_EQ(carry_over(space, {{"lr", 0.5}, {"momentum", 0.1}}).value(),
              (Params{{"lr", 0.5}, {"layers", int64_t{2}}}));
    EXPECT_THAT(carry_over(space, {{"layers", int64_t{1}}}).error().what, HasSubstr("'lr' has no default"));
    EXPECT_THAT(carry_over(space, {{"lr", 0.5}, {"layers", int64_t{3}}}).error().what,
                HasSubstr("'momentum'"));
    EXPECT_THAT(carry_over(space, {{"lr", 2.0}}).error().what, HasSubstr("lr = 2.0"));
}

TEST(Space, CarryOverOfManyIsTheSame) {
    const Space space{{with_default(real("z", 0, 1), 0.5), integer("layers", 1, 4),
                       when(real("momentum", 0, 1), is("layers", {int64_t{3}}))}};
    const CarryOver many(space);
    const std::vector<Params> all{{{"z", 0.25}, {"layers", int64_t{1}}},
                                  {{"z", 0.25}, {"layers", int64_t{3}}, {"momentum", 0.1}},
                                  {{"z", 0.25}, {"layers", int64_t{1}}, {"momentum", 0.1}},
                                  {{"z", 0.25}, {"layers", int64_t{3}}},
                                  {{"layers", int64_t{1}}},
                                  {{"z", 0.25}, {"layers", int64_t{1}}, {"gone", true}},
                                  {{"z", 7.0}, {"layers", int64_t{1}}},
                                  {}};
    for (auto& params : all) {
        const auto one = carry_over(space, params);
        const auto same = many(params);
        ASSERT_EQ(one.has_value(), same.has_value());
        if (one) {
            EXPECT_EQ(*one, *same);
        } else {
            EXPECT_EQ(one.error().text(), same.error().text());
        }
    }
}

}  // namespace
}  // namespace tw
