// Promotion by proposals: who is proposed again, with which budget, after which news.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "optimize/promote/ladder.hpp"
#include "unit/optimize/search.hpp"

namespace tw::test {
namespace {

const std::vector<Objective> cost{{"cost", Direction::minimize}};
const Space line{{real("x", 0, 1)}};

OptimizerSpec promoting(const std::string& type, const std::string& sampler, std::int64_t max = 9) {
    OptimizerSpec spec;
    spec.sampler = sampler;
    spec.pruner.type = type;
    spec.pruner.promote = true;
    spec.pruner.max = max;
    return spec;
}

std::string say(const std::optional<Ladder::Promotion>& promotion) {
    return promotion ? promotion->trial + " to " + std::to_string(promotion->budget) : "nobody";
}

TEST(Ladder, TheBestOfEveryEtaAtARungIsPromoted) {
    Ladder ladder({1, 3, 9}, 3);
    const auto all = [](auto&) { return true; };
    ladder.add("a", 1, 1, 5.0);
    ladder.add("b", 1, 2, 4.0);
    EXPECT_EQ(say(ladder.promote(all)), "nobody");
    ladder.add("c", 1, 3, 6.0);
    EXPECT_EQ(say(ladder.promote(all)), "b to 3");
    EXPECT_EQ(say(ladder.promote([](auto& trial) { return trial != "b"; })), "nobody");
    for (const char* trial : {"d", "e", "f"}) ladder.add(trial, 1, 4, 4.5);
    EXPECT_EQ(say(ladder.promote([](auto& trial) { return trial != "b"; })),
              "d to 3");  // of ties, by name here
}

TEST(Ladder, TheHighestRungComesFirstAndTheLastPromotesNobody) {
    Ladder ladder({1, 3, 9}, 3);
    const auto all = [](auto&) { return true; };
    std::int64_t seq = 0;
    for (const char* trial : {"a", "b", "c"}) ladder.add(trial, 1, ++seq, 1.0);
    for (const char* trial : {"d", "e", "f"}) ladder.add(trial, 3, ++seq, 2.0);
    for (const char* trial : {"g", "h", "i"}) ladder.add(trial, 9, ++seq, 0.0);
    EXPECT_EQ(say(ladder.promote(all)), "d to 9");
    ladder.remove("d", 3, 4, 2.0);
    EXPECT_EQ(say(ladder.promote(all)), "a to 3");
}

TEST(Ladder, ABudgetBetweenRungsCountsAtTheLowerOne) {
    Ladder ladder({3, 9}, 2);
    ladder.add("a", 8.5, 1, 1.0);
    ladder.add("b", 3, 2, 2.0);
    ladder.add("below", 2, 3, 0.0);
    EXPECT_EQ(say(ladder.promote([](auto&) { return true; })), "a to 9");
}

// A search whose trials end as the test says.
class Told {
public:
    explicit Told(const OptimizerSpec& spec, const Space& space = line,
                  const std::vector<Objective>& objectives = cost)
        : sampler_(std::move(make_sampler(space, spec, objectives).value())) {}

    Suggestion propose() {
        Suggestion made = sampler_->ask(k_).value();
        sampler_->proposed(k_, made);
        made_.push_back(made);
        ++k_;
        return made;
    }

    void end(std::int64_t k, double value) { end(k, EndState::complete, {value}); }
    void end(std::int64_t k, EndState state, std::vector<double> values, bool own_fault = false) {
        const Suggestion& made = made_.at(static_cast<std::size_t>(k));
        sampler_->tell({trial(k),
                        ++seq_,
                        k,
                        made.params,
                        state,
                        std::move(values),
                        own_fault,
                        {},
                        made.budget,
                        made.parent});
    }
    static std::string trial(std::int64_t k) { return "trial " + std::to_string(k); }

    Sampler& sampler() { return *sampler_; }
    std::int64_t k() const { return k_; }
    std::int64_t seq() { return ++seq_; }

private:
    std::unique_ptr<Sampler> sampler_;
    std::vector<Suggestion> made_;
    std::int64_t k_ = 0, seq_ = 0;
};

TEST(Promotion, NewConfigurationsBeginAtTheLowestRungAndTheBestGoesOn) {
    Told told(promoting("asha", "sobol"));
    for (int i = 0; i < 3; ++i) {
        const Suggestion fresh = told.propose();
        EXPECT_EQ(fresh.budget, 1.0);
        EXPECT_EQ(fresh.parent, "");
        EXPECT_EQ(fresh.by, "sobol");
    }
    const Params best = told.sampler().ask(1).value().params;
    told.end(0, 5), told.end(1, 2), told.end(2, 3);
    const Suggestion promoted = told.propose();
    EXPECT_EQ(promoted.budget, 3.0);
    EXPECT_EQ(promoted.parent, Told::trial(1));
    EXPECT_EQ(promoted.params, best);
    EXPECT_EQ(promoted.by, "asha");
    EXPECT_EQ(told.propose().parent, "");  // once
}

TEST(Promotion, AMaximisedObjectivePromotesTheGreatest) {
    Told told(promoting("asha", "sobol"), line, {{"cost", Direction::maximize}});
    for (int i = 0; i < 3; ++i) told.propose();
    told.end(0, 5), told.end(1, 2), told.end(2, 3);
    EXPECT_EQ(told.propose().parent, Told::trial(0));
}

TEST(Promotion, TheSameNumberIsAnsweredTheSameAgain) {
    Told told(promoting("asha", "random"));
    for (int i = 0; i < 3; ++i) told.propose();
    for (int i = 0; i < 3; ++i) told.end(i, i);
    const Suggestion first = told.propose(), second = told.propose();
    EXPECT_EQ(told.sampler().ask(3).value().parent, first.parent);
    EXPECT_EQ(told.sampler().ask(4).value().params, second.params);
}

TEST(Promotion, WhoWasPromotedIsNotAgainHoweverThatEnded) {
    for (const EndState state : {EndState::failed, EndState::killed, EndState::pruned}) {
        Told told(promoting("asha", "sobol"));
        for (int i = 0; i < 3; ++i) told.propose();
        for (int i = 0; i < 3; ++i) told.end(i, i);
        told.propose();
        told.end(3, state, {}, state == EndState::failed);
        for (int i = 4; i < 20; ++i) EXPECT_EQ(told.propose().parent, "");
    }
}

TEST(Promotion, UpToTheWholeWithTheBudgetsInBetween) {
    Told told(promoting("asha", "sobol"));
    std::map<double, int> budgets;
    std::map<std::string, double> last;
    for (std::int64_t k = 0; k < 200; ++k) {
        const Suggestion made = told.propose();
        ++budgets[*made.budget];
        if (!made.parent.empty()) {
            EXPECT_EQ(*made.budget, 3 * last.at(made.parent));
        }
        last[Told::trial(k)] = *made.budget;
        double x = 0;
        as_number(made.params.at("x"), x);
        told.end(k, x);
    }
    ASSERT_EQ(budgets.size(), 3U);
    EXPECT_NEAR(budgets[3] * 3, budgets[1], 3);
    EXPECT_NEAR(budgets[9] * 3, budgets[3], 3);
}

TEST(Promotion, PromotionsTakeNoNumbersFromTheConfigurations) {
    const auto plain = sampler(line, "sobol");
    Told told(promoting("asha", "sobol"));
    std::int64_t fresh = 0;
    for (std::int64_t k = 0; k < 40; ++k) {
        const Suggestion made = told.propose();
        if (made.parent.empty()) {
            EXPECT_EQ(made.params, plain->ask(fresh++).value().params);
        }
        told.end(k, static_cast<double>(k % 7));
    }
    EXPECT_LT(fresh, 40);
}

TEST(Promotion, OthersCompeteAndAreNotPromoted) {
    Told told(promoting("asha", "sobol"));
    told.propose(), told.propose();
    told.end(0, 5), told.end(1, 4);
    told.sampler().tell(
        {"theirs", told.seq(), -1, {{"x", 0.5}}, EndState::complete, {1}, false, {}, 1.0, ""});
    EXPECT_EQ(told.propose().parent, "");  // the best of three is theirs
    told.sampler().tell({"whole", told.seq(), -1, {{"x", 0.5}}, EndState::complete, {0}});
    EXPECT_EQ(told.propose().parent, "");
}

TEST(Promotion, OneThatIsTriedAgainLeavesItsPlace) {
    Told told(promoting("asha", "sobol"));
    for (int i = 0; i < 3; ++i) told.propose();
    for (int i = 0; i < 3; ++i) told.end(i, i);
    told.end(0, 9);
    EXPECT_EQ(told.propose().parent, Told::trial(1));
}

TEST(Promotion, AGridWaitsForPromotionsAndThenEnds) {
    OptimizerSpec spec = promoting("asha", "grid", 3);
    Told told(spec, {{choice("c", {text("a"), text("b"), text("c")})}});
    for (int i = 0; i < 3; ++i) told.propose();
    EXPECT_EQ(told.sampler().ask(3).error().code, Code::not_yet);
    for (int i = 0; i < 3; ++i) told.end(i, i);
    EXPECT_EQ(told.propose().parent, Told::trial(0));
    EXPECT_EQ(told.sampler().ask(4).error().code, Code::not_yet);
    told.end(3, 0);
    EXPECT_EQ(told.sampler().ask(4).error().code, Code::not_found);
}

TEST(Promotion, HyperbandHasABudgetToBeginWithForEachBracket) {
    Told told(promoting("hyperband", "random"));
    std::map<double, int> first;
    std::map<std::string, double> root;  // by trial: the budget that its lineage began with
    std::set<double> roots_of_whole;
    for (std::int64_t k = 0; k < 400; ++k) {
        const Suggestion made = told.propose();
        root[Told::trial(k)] = made.parent.empty() ? *made.budget : root.at(made.parent);
        if (made.parent.empty()) ++first[*made.budget];
        if (!made.parent.empty() && made.budget == 9.0) roots_of_whole.insert(root[made.parent]);
        // Who began with more is worse, and is promoted all the same, among its own.
        told.end(k, root[Told::trial(k)] * 10 + static_cast<double>(k % 17));
    }
    EXPECT_EQ(first.size(), 3U);
    EXPECT_GT(first[1], first[3]);
    EXPECT_GT(first[3], first[9] / 2);
    EXPECT_EQ(roots_of_whole, (std::set<double>{1, 3}));
}

// What is told of a trial of budget b by a function of x that only the budget 3 knows.
double misleading(double x, double budget) {
    return budget >= 3 ? std::abs(x - 0.8) : std::abs(x - 0.2);
}

TEST(BudgetModels, TheHighestBudgetWithResultsEnoughProposes) {
    OptimizerSpec spec = promoting("asha", "tpe", 3);
    Told told(spec);
    auto plain = sampler(line, "tpe");
    std::int64_t fresh = 0;
    int whole = 0;
    for (std::int64_t k = 0; k < 60; ++k) {
        const Suggestion made = told.propose();
        double x = 0;
        as_number(made.params.at("x"), x);
        if (made.parent.empty() && whole >= 10) {
            EXPECT_EQ(made.params, plain->ask(fresh).value().params);
        }
        fresh += made.parent.empty() ? 1 : 0;
        const double value = misleading(x, *made.budget);
        told.end(k, value);
        if (made.parent.empty()) continue;
        ++whole;
        plain->tell({Told::trial(k), k + 1, -1, made.params, EndState::complete, {value}});
    }
    EXPECT_GT(whole, 10);
}

TEST(BudgetModels, BohbHearsOfPrunedTrialsByTheirLastValue) {
    OptimizerSpec spec;
    spec.sampler = "tpe";
    spec.pruner.type = "bohb";
    spec.pruner.max = 9;
    spec.pruner.metric = "loss";
    auto bohb = std::move(make_sampler(line, spec, cost).value());
    auto plain = sampler(line, "tpe");
    for (std::int64_t i = 0; i < 30; ++i) {
        const double x = static_cast<double>(i) / 30, value = std::abs(x - 0.3);
        bohb->tell(
            {Told::trial(i), i + 1, -1, {{"x", x}}, EndState::pruned, {}, false, Measured{1 + i % 2, value}});
        plain->tell({Told::trial(i), i + 1, -1, {{"x", x}}, EndState::complete, {value}});
    }
    int modelled = 0, random = 0;
    for (std::int64_t k = 0; k < 60; ++k) {
        const Suggestion made = bohb->ask(k).value();
        random += made.by == "random" ? 1 : 0;
        if (made.by != "tpe") continue;
        ++modelled;
        EXPECT_EQ(made.params, plain->ask(k).value().params);
    }
    EXPECT_GT(modelled, 30);
    EXPECT_GT(random, 10);
}

TEST(BudgetModels, AHigherRungTakesOverWhenEnoughHaveReachedIt) {
    OptimizerSpec spec;
    spec.sampler = "auto";
    spec.pruner.type = "bohb";
    spec.pruner.max = 9;
    spec.pruner.metric = "loss";
    auto bohb = std::move(make_sampler(line, spec, cost).value());
    EXPECT_EQ(bohb->name(), "auto");
    EXPECT_EQ(bohb->reason(), "tpe (auto: bohb), of the highest budget with 10 results");
    auto plain = sampler(line, "tpe");
    for (std::int64_t i = 0; i < 30; ++i) {
        const double x = static_cast<double>(i) / 30;
        const bool far = i % 2 == 0;
        const double value = misleading(x, far ? 3 : 1);
        bohb->tell({Told::trial(i),
                    i + 1,
                    -1,
                    {{"x", x}},
                    EndState::pruned,
                    {},
                    false,
                    Measured{far ? 3 : 1, value}});
        if (far) plain->tell({Told::trial(i), i + 1, -1, {{"x", x}}, EndState::complete, {value}});
    }
    for (std::int64_t k = 0; k < 20; ++k)
        if (const Suggestion made = bohb->ask(k).value(); made.by == "tpe") {
            EXPECT_EQ(made.params, plain->ask(k).value().params);
        }
}

TEST(BudgetModels, ARetriedTrialCountsAsItEndedLast) {
    OptimizerSpec spec;
    spec.sampler = "tpe";
    spec.pruner.type = "bohb";
    spec.pruner.max = 9;
    spec.pruner.metric = "loss";
    auto bohb = std::move(make_sampler(line, spec, cost).value()),
         other = std::move(make_sampler(line, spec, cost).value());
    for (std::int64_t i = 0; i < 30; ++i) {
        const Params params{{"x", static_cast<double>(i) / 30}};
        const std::vector<double> value{std::abs(static_cast<double>(i) / 30 - 0.3)};
        bohb->tell({Told::trial(i),
                    2 * i + 1,
                    -1,
                    params,
                    EndState::complete,
                    {1 - value[0]},
                    false,
                    Measured{9, 1 - value[0]}});
        for (Sampler* s : {bohb.get(), other.get()})
            s->tell(
                {Told::trial(i), 2 * i + 2, -1, params, EndState::pruned, {}, false, Measured{3, value[0]}});
    }
    for (std::int64_t k = 0; k < 20; ++k)
        EXPECT_EQ(bohb->ask(k).value().params, other->ask(k).value().params);
}

}  // namespace
}  // namespace tw::test
