// Constraints on parameters and on outcomes, and configurations that fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "optimize/feasible.hpp"
#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;
using testing::HasSubstr;

Space with(Space space, const std::vector<std::string>& constraints) {
    for (const std::string& text : constraints)
        space.constraints.push_back(Expression::parse(text, space).value());
    return space;
}

const Space plane{{real("x", 0, 1), real("y", 0, 1)}};

double number(const Params& params, const std::string& name) {
    double value = 0;
    as_number(params.at(name), value);
    return value;
}

// What a trial answers.
struct End {
    std::optional<double> cost;  // nothing: it fails
    std::vector<double> excess = {};
};

using Function = std::function<End(const Params&)>;

// How a search went.
struct Story {
    double best = std::numeric_limits<double>::infinity();  // of what is feasible
    std::vector<bool> useless;                              // failed or infeasible, in order of k

    double share(std::size_t first, std::size_t last) const {
        double sum = 0;
        for (std::size_t i = first; i < last; ++i) sum += useless[i] ? 1 : 0;
        return sum / static_cast<double>(last - first);
    }
};

Story run(Search& search, int trials, const Function& function) {
    Story story;
    for (int i = 0; i < trials; ++i) {
        const Proposed ended = search.next_end();
        const End end = function(ended.params);
        const bool good = end.cost && violation_of(end.excess) == 0;
        if (end.cost)
            search.end(ended, EndState::complete, {*end.cost}, false, end.excess);
        else
            search.end(ended, EndState::failed, {}, true);
        if (good) story.best = std::min(story.best, *end.cost);
        story.useless.push_back(!good);
    }
    return story;
}

Story run(const char* name, const Space& space, int trials, const Function& function,
          std::uint64_t seed = 1) {
    Search search(sampler(space, name, seed), 1, seed);
    return run(search, trials, function);
}

class Constrained : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Constrained,
                         testing::Values("random", "sobol", "grid", "tpe", "gp", "cmaes", "nsga2", "auto"));

class Modelled : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Modelled, testing::Values("tpe", "gp", "cmaes", "nsga2", "auto"));

void expect_all_meet(const Search& search, const Space& space) {
    for (const News& news : search.news())
        if (const auto* proposed = std::get_if<Proposed>(&news)) {
            EXPECT_TRUE(fits(space, proposed->params));
            EXPECT_FALSE(broken_constraint(space, proposed->params)) << key(proposed->params);
        }
}

TEST_P(Constrained, NoProposalViolatesOne) {
    Space space{{real("x", 0, 1), real("y", 0, 1), integer("n", 1, 8)}};
    const bool numbers_only = GetParam() == std::string("cmaes");
    if (!numbers_only) {
        space.parameters.push_back(choice("kind", {text("a"), text("b")}));
        space.parameters.push_back(when(real("momentum", 0, 1, 0.25), "kind", {text("b")}));
    }
    space = with(space, {"x + y <= 1", numbers_only ? "n % 2 == 0" : "n % 2 == 0 or kind == 'b'"});
    if (!numbers_only) space = with(space, {"momentum < 0.6", "momentum <= x + 0.5"});
    for (const std::size_t parallel : {1u, 6u}) {
        Search search(sampler(space, GetParam()), parallel, 1);
        run(search, 60,
            [](const Params& p) { return End{2 - number(p, "x") - number(p, "y") - number(p, "n")}; });
        expect_all_meet(search, space);
    }
}

TEST_P(Constrained, ANarrowBandIsFoundAndFilled) {
    if (GetParam() == std::string("grid")) return;
    const Space space = with(plane, {"abs(x - y) < 1e-4"});
    Search search(sampler(space, GetParam()), 1, 1);
    const Story story = run(search, 40, [](const Params& p) { return End{std::abs(number(p, "x") - 0.8)}; });
    expect_all_meet(search, space);
    EXPECT_LT(story.best, 0.1);
    std::set<std::string> seen;
    for (const News& news : search.news())
        if (const auto* proposed = std::get_if<Proposed>(&news)) seen.insert(key(proposed->params));
    EXPECT_GT(seen.size(), 30u);
}

TEST_P(Constrained, WhatNothingMeetsIsNamed) {
    OptimizerSpec spec;
    spec.sampler = GetParam();
    const auto refused = make_sampler(with(plane, {"x < 2", "x + y > 3"}), spec, {{"cost"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_EQ(refused.error().pointer, "/constraints/parameters");
    if (GetParam() != std::string("grid")) {
        EXPECT_THAT(refused.error().what, HasSubstr("100000 configurations"));
        EXPECT_THAT(refused.error().what, HasSubstr("'x + y > 3'"));
    }
}

TEST_P(Constrained, ADefaultThatViolatesIsNotTried) {
    const Space free{{with_default(integer("a", 1, 4), std::int64_t{3}),
                      with_default(integer("b", 1, 4), std::int64_t{2})}};
    EXPECT_EQ(sampler(free, GetParam())->ask(0).value().by, "default");
    EXPECT_EQ(sampler(with(free, {"a > b"}), GetParam())->ask(0).value().by, "default");
    EXPECT_NE(sampler(with(free, {"a < b"}), GetParam())->ask(0).value().by, "default");
}

TEST(ConstrainedGrid, LeavesOutAndCounts) {
    const Space free{{integer("a", 1, 4), integer("b", 1, 4)}};
    const auto s = sampler(with(free, {"a < b"}), "grid");
    ASSERT_EQ(s->limit(), 6);
    std::string all;
    for (std::int64_t k = 0; k < 6; ++k) all += key(s->ask(k).value().params);
    EXPECT_EQ(all, "a=1 b=2 a=1 b=3 a=1 b=4 a=2 b=3 a=2 b=4 a=3 b=4 ");
    EXPECT_EQ(s->ask(6).error().code, Code::not_found);
}

TEST(ConstrainedGrid, TheDefaultIsNotRepeated) {
    const Space space{{with_default(integer("a", 1, 4), std::int64_t{2}),
                       with_default(integer("b", 1, 4), std::int64_t{3})}};
    const auto s = sampler(with(space, {"a < b"}), "grid");
    ASSERT_EQ(s->limit(), 6);
    std::set<std::string> seen;
    for (std::int64_t k = 0; k < 6; ++k) seen.insert(key(s->ask(k).value().params));
    EXPECT_EQ(seen.size(), 6u);
}

TEST(ConstrainedGrid, TooLargeOrEmptyIsRefused) {
    OptimizerSpec spec;
    spec.sampler = "grid";
    const auto large =
        make_sampler(with({{integer("a", 1, 1000), integer("b", 1, 1000)}}, {"a < b"}), spec, {});
    EXPECT_THAT(large.error().what, HasSubstr("more than 100000 configurations"));
    const auto empty =
        make_sampler(with({{integer("a", 1, 4), integer("b", 1, 4)}}, {"a * b == 7"}), spec, {});
    EXPECT_THAT(empty.error().what, HasSubstr("none of the grid's 16 configurations"));
}

TEST(ConstrainedSobol, IsTheSequenceWithoutWhatViolates) {
    const Space limited = with(plane, {"x + y <= 1"});
    const auto free = sampler(plane, "sobol"), s = sampler(limited, "sobol");
    std::int64_t place = 0;
    for (const std::int64_t k : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
        Params next = free->ask(place++).value().params;
        while (broken_constraint(limited, next)) next = free->ask(place++).value().params;
        EXPECT_EQ(s->ask(k).value().params, next) << k;
    }
    EXPECT_EQ(sampler(limited, "sobol")->ask(9).value().params, s->ask(9).value().params)
        << "whatever was asked before";
}

TEST(FeasibleShare, CountsTheRarest) {
    const FeasibleShare share = feasible_share(UnitCube(with(plane, {"x < 0.9", "y < 0.1"})), 1, 20'000);
    EXPECT_NEAR(share.share(), 0.09, 0.01);
    EXPECT_EQ(share.rarest, "y < 0.1");
    EXPECT_NEAR(static_cast<double>(share.met_rarest) / 20'000, 0.1, 0.01);
    EXPECT_EQ(feasible_share(UnitCube(plane), 1, 10).share(), 1);
}

// Even over what is feasible, too where it walks.
TEST(FeasibleDraws, AreEven) {
    for (const char* band : {"abs(x - y) < 0.2", "abs(x - y) < 2e-4"}) {
        const UnitCube cube(with(plane, {band}));
        const auto feasible = Feasible::make(cube, 1);
        ASSERT_TRUE(feasible);
        int low = 0;
        constexpr int draws = 300;
        for (std::uint64_t k = 0; k < draws; ++k) {
            Stream stream = make_stream(7, k, "draw");
            const auto point = feasible->draw(cube, stream);
            EXPECT_TRUE(cube.feasible(point));
            low += point[0] < 0.5;
        }
        EXPECT_NEAR(static_cast<double>(low) / draws, 0.5, 0.2) << band;
    }
}

// The best place, (0.3, 0.3), is infeasible; the best feasible one, at a cost of 0.02, is (0.4, 0.4). One
// place in eight is feasible.
End bounded(const Params& p) {
    const double x = number(p, "x"), y = number(p, "y");
    return {std::pow(x - 0.3, 2) + std::pow(y - 0.3, 2), {0.8 - x - y, std::max(x, y) - 0.65}};
}

TEST_P(Modelled, OutcomesAreKept) {
    double least = 0, late = 0, drawn = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const int trials =
            GetParam() == std::string("cmaes") || GetParam() == std::string("nsga2") ? 120 : 60;
        const Story story = run(GetParam(), plane, trials, bounded, seed);
        least = std::max(least, story.best);
        late += story.share(static_cast<std::size_t>(trials) - 20, static_cast<std::size_t>(trials)) / 3;
        drawn += run("random", plane, 60, bounded, seed).share(0, 60) / 3;
    }
    EXPECT_LT(least, 0.03);
    EXPECT_LT(late, 0.75 * drawn) << "drawn at random: " << drawn;
}

// A third of the plane fails, and the best place lies beside it.
End failing(const Params& p) {
    const double x = number(p, "x"), y = number(p, "y");
    if (x > 0.667) return {std::nullopt};
    return {std::pow(x - 0.6, 2) + std::pow(y - 0.4, 2)};
}

TEST_P(Modelled, FailuresAreAvoidedAndTheBestBesideThemIsFound) {
    double worst = 0, early = 0, late = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Story story = run(GetParam(), plane, 80, failing, seed);
        worst = std::max(worst, story.best);
        early += story.share(0, 20) / 4;
        late += story.share(40, 80) / 4;
    }
    EXPECT_LT(worst, 0.01);
    EXPECT_LT(late, 0.2) << "early: " << early;
}

TEST_P(Modelled, WhatFailsByChancePutsNobodyOff) {
    int i = 0;
    const Story story = run(GetParam(), plane, 100, [&](const Params& p) {
        if (++i % 3 == 0) return End{std::nullopt};
        return End{std::pow(number(p, "x") - 0.6, 2) + std::pow(number(p, "y") - 0.4, 2)};
    });
    EXPECT_LT(story.best, 0.003);
}

TEST_P(Modelled, ARestartChangesNoProposal) {
    const Space space = with(plane, {"x + y < 1.5"});
    Search search(sampler(space, GetParam()), 4, 1);
    run(search, 40, [](const Params& p) {
        const End end = bounded(p);
        return number(p, "x") < 0.2 ? End{std::nullopt} : end;
    });
    for (std::size_t stop = 0; stop < search.news().size(); ++stop) {
        const auto* proposed = std::get_if<Proposed>(&search.news()[stop]);
        if (!proposed || proposed->k % 3 != 0) continue;
        const auto again = sampler(space, GetParam());
        for (std::size_t i = 0; i < stop; ++i) hear(*again, search.news()[i]);
        EXPECT_EQ(again->ask(proposed->k).value().params, proposed->params) << "proposal " << proposed->k;
    }
}

TEST_P(Modelled, StrangeExcessDoesNoHarm) {
    const std::vector<Function> functions{
        [](const Params& p) {
            return End{number(p, "x"), {1e300 * (number(p, "y") - 0.5)}};
        },
        [](const Params& p) {
            return End{number(p, "x"), {1e-300 * (number(p, "y") - 0.5)}};
        },
        [](const Params& p) {
            return End{number(p, "x"), {1}};
        },
        [](const Params& p) {
            return End{number(p, "x"), {0, -1}};
        },
        [](const Params& p) {
            return End{number(p, "x"), {number(p, "y") > 0.5 ? 1e300 : -1e-300}};
        },
        [](const Params& p) {
            return number(p, "x") < 0.9 ? End{std::nullopt} : End{1, {1}};
        },
    };
    for (const Function& function : functions) {
        Search search(sampler(plane, GetParam()), 4, 1);
        run(search, 40, function);
        for (const News& news : search.news())
            if (const auto* proposed = std::get_if<Proposed>(&news)) {
                EXPECT_TRUE(fits(plane, proposed->params));
            }
    }
}

TEST(ConstrainedFronts, ManyObjectivesKeepToOutcomes) {
    for (const char* name : {"tpe", "gp", "nsga2"}) {
        OptimizerSpec spec;
        spec.sampler = name;
        Search search(std::move(make_sampler(plane, spec, {{"a"}, {"b"}}).value()), 1, 1);
        double late = 0;
        for (int i = 0; i < 90; ++i) {
            const Proposed ended = search.next_end();
            const double x = number(ended.params, "x"), y = number(ended.params, "y");
            const double excess =
                0.25 - std::abs(x - 0.5);  // half of it, the middle of the front, is infeasible
            search.end(ended, EndState::complete, {x + y, 1 - x + y}, false, {excess});
            if (i >= 60) late += excess > 0 ? 1.0 / 30 : 0;
        }
        EXPECT_LT(late, 0.4) << name;
    }
}

}  // namespace
}  // namespace tw
