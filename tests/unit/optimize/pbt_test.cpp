// Population based training: who goes on from whom, with what.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "optimize/pbt/explore.hpp"
#include "unit/optimize/search.hpp"

namespace tw::test {
namespace {

OptimizerSpec population(std::int64_t members, std::int64_t interval, std::int64_t max) {
    OptimizerSpec spec;
    spec.sampler = "pbt";
    spec.pbt = {members, interval, max};
    return spec;
}

class Population {
public:
    explicit Population(const OptimizerSpec& spec, const Space& space = {{real("x", 0.1, 1)}})
        : sampler_(std::move(make_sampler(space, spec, {{"cost", Direction::minimize}}).value())) {}

    Result<Suggestion> propose() {
        auto made = sampler_->ask(static_cast<std::int64_t>(made_.size()));
        if (!made) return made;
        sampler_->proposed(static_cast<std::int64_t>(made_.size()), *made);
        made_.push_back(*made);
        return made;
    }

    void end(std::int64_t k, std::optional<double> cost) {
        const Suggestion& made = made_.at(static_cast<std::size_t>(k));
        Observation told{trial(k), ++seq_, k,  made.params, EndState::killed,
                         {},       false,  {}, made.budget, made.parent};
        if (cost) told.state = EndState::complete, told.objectives = {*cost};
        sampler_->tell(told);
    }

    static std::string trial(std::int64_t k) { return "trial " + std::to_string(k); }
    Sampler& sampler() { return *sampler_; }
    const Suggestion& made(std::int64_t k) const { return made_.at(static_cast<std::size_t>(k)); }
    std::int64_t next() const { return static_cast<std::int64_t>(made_.size()); }

private:
    std::unique_ptr<Sampler> sampler_;
    std::vector<Suggestion> made_;
    std::int64_t seq_ = 0;
};

TEST(Pbt, MembersBeginAndThenOneGoesOnForEachThatEnds) {
    Population members(population(4, 5, 0));
    for (int i = 0; i < 4; ++i) {
        const Suggestion fresh = members.propose().value();
        EXPECT_EQ(fresh.budget, 5.0);
        EXPECT_EQ(fresh.parent, "");
    }
    EXPECT_EQ(members.propose().error().code, Code::not_yet);
    members.end(2, 1.0);
    const Suggestion next = members.propose().value();
    EXPECT_EQ(next.parent, Population::trial(2));
    EXPECT_EQ(next.budget, 10.0);
    EXPECT_EQ(next.params, members.made(2).params);
    EXPECT_EQ(members.propose().error().code, Code::not_yet);
}

// Numbers are multiplied by 0.8 or 1.2, or drawn anew: most of that leaves what is allowed.
TEST(Pbt, ExploringKeepsToTheConstraints) {
    Space space{{real("x", 0.1, 1), real("y", 0.1, 1)}};
    space.constraints = {Expression::parse("y >= 0.8 * x and y <= 1.05 * x", space).value()};
    Population members(population(5, 1, 0), space);
    for (int i = 0; i < 5; ++i) members.propose().value();
    for (std::int64_t k = 0; k < 60; ++k) {
        members.end(k, static_cast<double>(k % 5));
        const Params params = members.propose().value().params;
        EXPECT_FALSE(broken_constraint(space, params)) << k;
    }
}

TEST(Pbt, TheWorstFifthGoesOnFromTheBestFifthWithOtherParameters) {
    Population members(population(5, 1, 0));
    for (int i = 0; i < 5; ++i) members.propose().value();
    for (int i = 0; i < 5; ++i) members.end(i, 10 - i);  // 0 is the worst, 4 the best
    const Suggestion next = members.propose().value();   // in the place of 0
    EXPECT_EQ(next.parent, Population::trial(4));
    EXPECT_EQ(next.budget, 2.0);
    EXPECT_NE(next.params, members.made(4).params);
    for (int i = 1; i < 5; ++i) {
        const Suggestion stays = members.propose().value();
        EXPECT_EQ(stays.parent, Population::trial(i));
        EXPECT_EQ(stays.params, members.made(i).params);
    }
}

TEST(Pbt, OneThatFailedIsReplacedAndTheFirstBeginAnew) {
    Population members(population(2, 1, 0));
    members.propose().value(), members.propose().value();
    members.end(0, std::nullopt);
    const Suggestion anew = members.propose().value();
    EXPECT_EQ(anew.parent, "");
    EXPECT_EQ(anew.budget, 1.0);
    members.end(1, 3.0);
    members.end(2, std::nullopt);
    EXPECT_EQ(members.propose().value().parent, Population::trial(1));  // its own
    EXPECT_EQ(members.propose().value().parent, Population::trial(1));  // and in the place of 2
}

TEST(Pbt, ItEndsWhenAllAreTrained) {
    Population members(population(3, 4, 10));
    std::map<double, int> budgets;
    for (;;) {
        auto made = members.propose();
        if (!made) {
            EXPECT_EQ(made.error().code, Code::not_found);
            break;
        }
        ++budgets[*made->budget];
        ASSERT_LT(members.next(), 20);
        if (members.next() < 3) continue;
        const std::int64_t k = members.next() == 3 ? 0 : members.next() - 1;
        members.end(k, 1.0);
        if (k == 0) members.end(1, 1.0), members.end(2, 1.0);
    }
    EXPECT_EQ(budgets, (std::map<double, int>{{4, 3}, {8, 3}, {10, 3}}));
}

TEST(Pbt, TheSameNumberIsAnsweredTheSameAgain) {
    Population members(population(4, 1, 0));
    for (int i = 0; i < 4; ++i) members.propose().value();
    for (int i = 0; i < 4; ++i) members.end(i, i);
    for (int i = 0; i < 4; ++i) members.propose().value();
    for (std::int64_t k = 4; k < 8; ++k) {
        EXPECT_EQ(members.sampler().ask(k).value().params, members.made(k).params);
        EXPECT_EQ(members.sampler().ask(k).value().parent, members.made(k).parent);
    }
}

TEST(Pbt, TakesOneObjective) {
    auto made = make_sampler({{real("x", 0, 1)}}, population(4, 1, 0), {{"a"}, {"b"}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().pointer, "/optimizer/sampler");
}

TEST(Explore, NumbersMoveByAFifthWithinTheirBoundsAndChoicesToTheirNeighbours) {
    const Space space{{real("x", 0, 10), log_real("lr", 1e-4, 1e-1), integer("n", 1, 100),
                       choice("c", {text("a"), text("b"), text("c"), text("d")})}};
    const UnitCube cube(space);
    const Params from{{"x", 5.0}, {"lr", 0.01}, {"n", std::int64_t{2}}, {"c", text("b")}};
    std::map<std::string, std::set<std::string>> seen;
    int kept = 0;
    for (std::uint64_t k = 0; k < 400; ++k) {
        Stream stream = make_stream(1, k, "explore");
        const Params moved = pbt::explore(cube, from, stream);
        ASSERT_TRUE(fits(space, moved));
        const double x = std::get<double>(moved.at("x")), lr = std::get<double>(moved.at("lr"));
        kept += std::abs(x - 4) < 1e-9 || std::abs(x - 6) < 1e-9 ? 1 : 0;
        if (std::abs(lr - 0.008) < 1e-12) seen["lr"].insert("less");
        if (std::abs(lr - 0.012) < 1e-12) seen["lr"].insert("more");
        seen["n"].insert(to_text(moved.at("n")));
        seen["c"].insert(to_text(moved.at("c")));
    }
    EXPECT_NEAR(kept, 300, 40);
    EXPECT_EQ(seen["lr"].size(), 2U);
    EXPECT_TRUE(seen["n"].contains("1") && seen["n"].contains("3"));
    EXPECT_TRUE(seen["c"].contains("a") && seen["c"].contains("c"));
}

TEST(Explore, AnySpaceAndAnyConfiguration) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Space space = random_space(seed);
        const UnitCube cube(space);
        Params params = sampler(space, "random", seed)->ask(0).value().params;
        for (std::uint64_t k = 0; k < 20; ++k) {
            Stream stream = make_stream(seed, k, "explore");
            params = pbt::explore(cube, params, stream);
            ASSERT_TRUE(fits(space, params)) << key(params);
        }
    }
}

// The example of Jaderberg et al. (2017), figure 2: the true objective is Q = 1.2 - (a^2 + b^2) and what is
// followed uphill is 1.2 - (p a^2 + q b^2), so that p and q are learning rates of a and b.
struct Toy {
    double a = 0.9, b = 0.9;
    double quality() const { return 1.2 - (a * a + b * b); }
    void train(const Params& params, int steps) {
        const double p = std::get<double>(params.at("p")), q = std::get<double>(params.at("q"));
        for (int i = 0; i < steps; ++i) a -= 0.01 * 2 * p * a, b -= 0.01 * 2 * q * b;
    }
};

const Space rates{{real("p", 0, 1), real("q", 0, 1)}};
constexpr int members = 8, intervals = 40, steps = 4;

double best_of_population(std::uint64_t seed) {
    OptimizerSpec spec = population(members, steps, 0);
    spec.seed = seed;
    Population pbt(spec, rates);
    std::map<std::string, Toy> trained;
    double best = -10;
    for (std::int64_t k = 0; k < members * intervals; ++k) {
        const Suggestion made = pbt.propose().value();
        Toy toy = made.parent.empty() ? Toy{} : trained.at(made.parent);
        toy.train(made.params, steps);
        trained[Population::trial(k)] = toy;
        best = std::max(best, toy.quality());
        pbt.end(k, -toy.quality());
    }
    return best;
}

// As many steps, with what random search proposes from the beginning to the end.
double best_of_random(std::uint64_t seed) {
    const auto random = sampler(rates, "random", seed);
    double best = -10;
    for (std::int64_t k = 0; k < members; ++k) {
        Toy toy;
        toy.train(random->ask(k).value().params, steps * intervals);
        best = std::max(best, toy.quality());
    }
    return best;
}

TEST(Pbt, IsBetterThanRandomSearchOnTheToyOfThePaper) {
    int better = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        better += best_of_population(seed) > best_of_random(seed) ? 1 : 0;
    EXPECT_GE(better, 18);
}

}  // namespace
}  // namespace tw::test
