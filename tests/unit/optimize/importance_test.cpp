#include "optimize/importance.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/text.hpp"
#include "optimize/stream.hpp"
#include "unit/optimize/search.hpp"

namespace tw::test {
namespace {

std::vector<Rated> random_trials(const Space& space, int count, const Cost& cost) {
    auto random = sampler(space, "random", 5);
    std::vector<Rated> trials;
    for (int k = 0; k < count; ++k) {
        const Params params = random->ask(k).value().params;
        trials.push_back({params, cost(values_of(space, params))});
    }
    return trials;
}

std::map<std::string, Importance> by_name(const Space& space, const std::vector<Rated>& trials,
                                          double top = 0.1) {
    std::map<std::string, Importance> found;
    for (auto& one : importance_of(space, trials, top)) found[one.parameter] = one;
    return found;
}

TEST(Importance, WhatHasNoEffectHasAlmostNone) {
    const Space space = box(3, -1, 1);
    const auto found = by_name(space, random_trials(space, 400, [](auto& x) { return x[0] * x[0]; }));
    EXPECT_GT(found.at("x0").share, 0.9);
    EXPECT_LT(found.at("x0").chance, 0.01);
    for (const char* idle : {"x1", "x2"}) {
        EXPECT_LT(found.at(idle).share, 0.05) << idle;
        EXPECT_GT(found.at(idle).chance, 0.05) << idle;
    }
}

TEST(Importance, TheTermsOfASumKeepTheirOrder) {
    const Space space = box(4, 0, 1);
    const auto found = by_name(
        space, random_trials(space, 1000, [](auto& x) { return 8 * x[0] + 4 * x[1] + 2 * x[2] + 0 * x[3]; }));
    EXPECT_GT(found.at("x0").share, 2 * found.at("x1").share);
    EXPECT_GT(found.at("x1").share, 2 * found.at("x2").share);
    EXPECT_GT(found.at("x2").share, found.at("x3").share);
}

// One choice of four is best. All trials have each with probability 1/4; of the best, one kernel of many
// trials is there, of weight 1 + 1/2 at its choice and 1/2 elsewhere: 1/2 and 1/6.
TEST(Importance, OfOneChoiceInClosedForm) {
    const Space space{{choice("c", {text("a"), text("b"), text("d"), text("e")})}};
    std::vector<Rated> trials;
    for (int i = 0; i < 4000; ++i)
        trials.push_back({{{"c", space.parameters[0].choices[static_cast<std::size_t>(i % 4)]}},
                          static_cast<double>(i % 4 * 10000 + i)});
    const auto found = importance_of(space, trials, 0.1);
    EXPECT_NEAR(found[0].divergence, 0.01 * (std::pow(0.5 - 0.25, 2) + 3 * std::pow(1.0 / 6 - 0.25, 2)) * 4,
                3e-5);
    EXPECT_NEAR(found[0].share, 1, 1e-12);
    EXPECT_LT(found[0].chance, 1e-6);
}

TEST(Importance, OnlyTheOrderCounts) {
    const Space space = box(2, -1, 1);
    auto trials = random_trials(space, 100, [](auto& x) { return x[0]; });
    const auto before = importance_of(space, trials, 0.2);
    for (Rated& trial : trials) trial.cost = std::exp(trial.cost);
    const auto after = importance_of(space, trials, 0.2);
    EXPECT_EQ(before[0].divergence, after[0].divergence);
}

TEST(Importance, OfNothingIsNothing) {
    const Space space = mixed_space();
    for (const Importance& one : importance_of(space, {}, 0.1)) {
        EXPECT_EQ(one.divergence, 0);
        EXPECT_EQ(one.share, 0);
    }
    EXPECT_EQ(importance_of(space, {}, 0.1).size(), 6u) << "but for what is fixed";
    const std::vector<Rated> same{{{{"lr", 1e-3}}, 1}, {{{"lr", 1e-2}}, 1}, {{{"lr", 1e-4}}, 1}};
    for (const Importance& one : importance_of(space, same, 0.1)) EXPECT_EQ(one.share, 0) << "all are best";
    EXPECT_TRUE(importance_of(Space{}, same, 0.1).empty());
}

TEST(Importance, InAnySpaceItIsFiniteAndRepeatable) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Space space = random_space(seed);
        Stream stream(seed);
        auto trials = random_trials(space, 30, [&](auto&) { return std::floor(draw_unit(stream) * 20); });
        const auto first = importance_of(space, trials, 0.2), second = importance_of(space, trials, 0.2);
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_TRUE(std::isfinite(first[i].divergence) && first[i].divergence >= 0) << seed;
            EXPECT_TRUE(first[i].chance >= 0 && first[i].chance <= 1) << seed;
            EXPECT_EQ(first[i].chance, second[i].chance);
        }
    }
}

// Of 12 trials in two groups, ranks 1 to 6 and 7 to 12: H = 12 / (12 13) (21^2 / 6 + 57^2 / 6) - 3 13
// = 8.308, and with one degree of freedom that is as far out by chance in 0.00395 of all cases.
TEST(Importance, TheChanceIsKruskalAndWallis) {
    const Space space{{choice("c", {text("a"), text("b")}), real("x", 0, 1)}};
    std::vector<Rated> trials;
    for (int i = 0; i < 12; ++i)
        trials.push_back(
            {{{"c", text(i < 6 ? "a" : "b")}, {"x", i * 5 % 12 / 12.0}}, static_cast<double>(i)});
    auto found = by_name(space, trials);
    EXPECT_NEAR(found.at("c").chance, 0.00395, 1e-5);
    EXPECT_GT(found.at("x").chance, 0.1);
    trials.resize(9);
    EXPECT_EQ(by_name(space, trials).at("c").chance, 1) << "too few";
}

// A search that has long found its optimum draws all its trials there, good and bad ones.
TEST(Importance, WhatASearchHasSettledStillMatters) {
    const Space space = box(2, -1, 1);
    Search search(sampler(space, "tpe", 2), 1, 2);
    std::vector<Rated> trials;
    for (int i = 0; i < 60; ++i) {
        const Proposed ended = search.next_end();
        const double cost = std::pow(values_of(space, ended.params)[0] - 0.3, 2);
        search.end(ended, EndState::complete, {cost});
        trials.push_back({ended.params, cost});
    }
    const auto found = by_name(space, trials);
    EXPECT_LT(found.at("x0").chance, 0.001);
    EXPECT_GT(found.at("x0").share, found.at("x1").share);
}

TEST(Importance, TheBestWithTheirTies) {
    std::vector<Rated> trials;
    for (const double cost : {5.0, 1.0, 2.0, 2.0, 3.0, 4.0}) trials.push_back({{}, cost});
    const std::vector<bool> third{false, true, true, true, false, false};
    EXPECT_EQ(best_ones(trials, 1.0 / 3), third);
    EXPECT_EQ(best_ones(trials, 1), std::vector<bool>(6, true));
    EXPECT_TRUE(best_ones({}, 0.1).empty());
}

struct Golden {
    std::vector<std::string> names;
    std::vector<Rated> trials;
    std::map<double, std::vector<double>> expected;  // by top
};

Golden read_golden() {
    Golden golden;
    std::ifstream file(SOURCE_DIR "/tests/unit/optimize/data/ped_anova.csv");
    std::string line;
    std::getline(file, line);
    golden.names = split(line, ',');
    while (std::getline(file, line)) {
        const auto cells = split(line, ',');
        if (cells[0].starts_with("top ")) {
            auto& values = golden.expected[std::stod(cells[0].substr(4))];
            for (std::size_t i = 1; i < cells.size(); ++i) values.push_back(std::stod(cells[i]));
            continue;
        }
        Rated trial{{}, std::stod(cells[0])};
        for (std::size_t i = 1; i < cells.size(); ++i)
            if (!cells[i].empty()) trial.params[golden.names[i]] = scalar_from_text(cells[i]);
        golden.trials.push_back(std::move(trial));
    }
    return golden;
}

// Made by data/ped_anova.py.
TEST(Importance, AsOptunaSays) {
    const std::vector<Scalar> acts{text("relu"), text("tanh"), text("gelu"), text("none")};
    const Space space{{real("x", -5, 5), log_real("lr", 1e-5, 0.1), integer("layers", 1, 8),
                       log_integer("batch", 1, 1024), choice("act", acts),
                       when(real("momentum", 0, 1), "act", {acts[0], acts[1]}), real("dropout", 0, 0.5, 0.1),
                       real("idle", 0, 1)}};
    const Golden golden = read_golden();
    ASSERT_EQ(golden.trials.size(), 150u);
    ASSERT_EQ(golden.expected.size(), 2u);
    for (const auto& [top, expected] : golden.expected) {
        const auto found = importance_of(space, golden.trials, top);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            EXPECT_NEAR(found[i].divergence, expected[i], 1e-9 * (1 + expected[i]))
                << found[i].parameter << top;
    }
}

}  // namespace
}  // namespace tw::test
