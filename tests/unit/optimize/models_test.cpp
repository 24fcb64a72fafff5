// What holds for every sampler that makes a model of all trials.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

class Models : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Models, testing::Values("tpe", "gp", "auto"));

double number(const Params& params, const std::string& name) {
    double value = 0;
    as_number(params.at(name), value);
    return value;
}

double bowl(const Params& params) {
    const double x = number(params, "x") - 0.31, y = number(params, "y") - 0.72;
    return x * x + y * y;
}

const Space square{{real("x", 0, 1), real("y", 0, 1)}};

using Function = std::function<std::optional<double>(const Params&)>;  // nothing: the trial fails

// The least value; every proposal fits.
double run(Search& search, const Space& space, int trials, const Function& function) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < trials; ++i) {
        const Proposed ended = search.next_end();
        const auto value = function(ended.params);
        if (value) search.end(ended, EndState::complete, {*value});
        if (!value) search.end(ended, EndState::failed, {}, true);
        best = std::min(best, value.value_or(best));
    }
    for (const News& news : search.news())
        EXPECT_TRUE(std::holds_alternative<Observation>(news) ||
                    fits(space, std::get<Proposed>(news).params));
    return best;
}

// Another sampler that hears the same, up to each so-manieth proposal, says the same.
void expect_the_same_after_a_restart(Search& search, const Space& space, const char* name,
                                     std::int64_t every) {
    for (std::size_t stop = 0; stop < search.news().size(); ++stop) {
        const auto* proposed = std::get_if<Proposed>(&search.news()[stop]);
        if (!proposed || proposed->k % every != 0) continue;
        const auto again = sampler(space, name);
        for (std::size_t i = 0; i < stop; ++i) hear(*again, search.news()[i]);
        EXPECT_EQ(again->ask(proposed->k).value().params, proposed->params) << "proposal " << proposed->k;
    }
}

TEST_P(Models, FindsAMinimumThatRandomSearchDoesNot) {
    for (const std::size_t in_flight : {1u, 8u}) {
        Search modelled(sampler(square, GetParam()), in_flight, 1),
            drawn(sampler(square, "random"), in_flight, 1);
        const double best = run(modelled, square, 60, bowl);
        EXPECT_LT(best, run(drawn, square, 60, bowl) / 3);
        EXPECT_LT(best, 1e-3);
    }
}

TEST_P(Models, GoesUpwardsWhereMoreIsBetter) {
    OptimizerSpec spec;
    spec.sampler = GetParam();
    const auto upwards = make_sampler(square, spec, {{"score", Direction::maximize}}).value();
    const auto downwards = make_sampler(square, spec, {{"cost", Direction::minimize}}).value();
    for (std::int64_t k = 0; k < 30; ++k) {
        const Params params = upwards->ask(k).value().params;
        ASSERT_EQ(params, downwards->ask(k).value().params) << k;
        upwards->tell({std::to_string(k), k + 1, k, params, EndState::complete, {-bowl(params)}});
        downwards->tell({std::to_string(k), k + 1, k, params, EndState::complete, {bowl(params)}});
    }
}

TEST_P(Models, ARestartChangesNoProposal) {
    for (const Space& space : {mixed_space(), random_space(11)}) {
        Search search(sampler(space, GetParam()), 5, 1);
        run(search, space, 40, [](const Params& params) { return static_cast<double>(key(params).size()); });
        expect_the_same_after_a_restart(search, space, GetParam(), 4);
    }
}

TEST_P(Models, AnySpaceIsServed) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Search search(sampler(random_space(seed), GetParam()), 3, seed);
        run(search, random_space(seed), 24, [](const Params& params) -> std::optional<double> {
            const std::size_t length = key(params).size();
            if (length % 5 == 0) return std::nullopt;
            return static_cast<double>(length);
        });
    }
}

// Of eight ways through the conditions the best is the deepest.
TEST_P(Models, ConditionsThreeDeepAreSearched) {
    const Space space = nested_space();
    const Function function = [](const Params& p) {
        double cost = p.at("model") == text("net") ? 2.0 : 3.0;
        if (p.contains("momentum")) cost -= 0.5 + std::abs(number(p, "momentum") - 0.8) * -0.5;
        if (p.contains("nesterov")) cost -= p.at("nesterov") == Scalar(true) ? 1.0 : 0.1;
        return cost;
    };
    Search search(sampler(space, GetParam()), 2, 1);
    EXPECT_LT(run(search, space, 60, function), 0.55);
    expect_the_same_after_a_restart(search, space, GetParam(), 13);
    std::set<std::size_t> depths;
    for (const News& news : search.news())
        if (const auto* proposed = std::get_if<Proposed>(&news)) depths.insert(proposed->params.size());
    EXPECT_GE(depths.size(), 3u) << "of all depths";
}

TEST_P(Models, StrangeValuesDoNoHarm) {
    const double most = std::numeric_limits<double>::max();
    const std::vector<Function> functions{
        [](const Params&) { return 1.0; },
        [](const Params&) { return std::nullopt; },
        [&](const Params& p) { return number(p, "x") > 0.5 ? most : -most; },
        [](const Params& p) { return number(p, "x") * 1e-300; },
        [](const Params& p) { return 1e15 + number(p, "x"); },
        [](const Params& p) { return std::exp(700 * number(p, "x")); },
    };
    for (const Function& function : functions) {
        Search search(sampler(square, GetParam()), 4, 1);
        run(search, square, 30, function);
    }
}

TEST_P(Models, OthersTrialsAreLearntFrom) {
    const auto s = sampler(square, GetParam());
    for (std::int64_t i = 0; i < 40; ++i) {
        const double x = static_cast<double>(i % 7) / 6, y = static_cast<double>(i % 6) / 5;
        const Params params{{"x", x}, {"y", y}};
        s->tell({"hand" + std::to_string(i), i + 1, -1, params, EndState::complete, {bowl(params)}});
    }
    double total = 0;
    for (std::int64_t k = 0; k < 10; ++k) total += bowl(s->ask(k).value().params) / 10;
    EXPECT_LT(total, 0.08) << "uniform draws: 0.2";
}

TEST_P(Models, ATrialThatWasTriedAgainCountsOnce) {
    const auto twice = sampler(square, GetParam()), once = sampler(square, GetParam());
    for (std::int64_t k = 0; k < 30; ++k) {
        const Params params = once->ask(k).value().params;
        const std::string trial = std::to_string(k);
        if (k == 5) twice->tell({trial, 2 * k, k, params, EndState::failed, {}, true});
        if (k == 7) twice->tell({trial, 2 * k, k, params, EndState::complete, {-1}});
        for (Sampler* s : {twice.get(), once.get()})
            s->tell({trial, 2 * k + 1, k, params, EndState::complete, {bowl(params)}});
    }
    EXPECT_EQ(twice->ask(30).value().params, once->ask(30).value().params);
}

TEST_P(Models, WhatTheClusterOrAPersonEndedSaysNothing) {
    const auto one = sampler(square, GetParam()), other = sampler(square, GetParam());
    for (std::int64_t k = 0; k < 20; ++k) {
        const Params params = one->ask(k).value().params;
        const double value = bowl(params);
        for (Sampler* s : {one.get(), other.get()}) {
            s->proposed(k, {params});
            s->tell({std::to_string(k), 2 * k + 1, k, params, EndState::complete, {value}});
        }
        other->tell({"lost" + std::to_string(k), 2 * k + 2, -1, params, EndState::failed, {}, false});
    }
    EXPECT_EQ(one->ask(20).value().params, other->ask(20).value().params);
}

TEST_P(Models, WhereOthersAreAtWorkItGoesElsewhere) {
    const auto s = sampler(square, GetParam());
    std::int64_t k = 0;
    for (; k < 14; ++k) {
        const Params params = s->ask(k).value().params;
        s->proposed(k, {params});
        s->tell({std::to_string(k), k + 1, k, params, EndState::complete, {bowl(params)}});
    }
    std::vector<Params> flying;
    for (; k < 22; ++k) {
        flying.push_back(s->ask(k).value().params);
        s->proposed(k, {flying.back()});
    }
    for (std::size_t i = 0; i < flying.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GT(std::hypot(number(flying[i], "x") - number(flying[j], "x"),
                                 number(flying[i], "y") - number(flying[j], "y")),
                      1e-4);
}

TEST_P(Models, ASmallDiscreteSpaceIsFoundOut) {
    const Space space{{integer("a", 1, 6), choice("b", {text("p"), text("q"), text("r")})}};
    Search search(sampler(space, GetParam()), 1, 1);
    const Function distance = [](const Params& p) {
        return std::abs(number(p, "a") - 5) + (p.at("b") == text("q") ? 0.0 : 1.0);
    };
    EXPECT_EQ(run(search, space, 45, distance), 0);
}

}  // namespace
}  // namespace tw
