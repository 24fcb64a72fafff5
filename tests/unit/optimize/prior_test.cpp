// Priors: as distributions, and what samplers make of them.
#include "optimize/prior.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "optimize/cmaes/start.hpp"
#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

Parameter believed(Parameter p, double mean, double std) {
    p.prior = Prior{mean, std, {}};
    return p;
}

Parameter weighted(Parameter p, std::vector<double> weights) {
    p.prior = Prior{0, 0, std::move(weights)};
    return p;
}

double number(const Params& params, const std::string& name) {
    double value = 0;
    as_number(params.at(name), value);
    return value;
}

std::vector<Parameter> parameters() {
    return {believed(real("a", -1, 3), 0.5, 0.5),
            believed(real("b", -1, 3), 3, 1e-12),
            believed(real("c", 0, 1), 0, 1e9),
            believed(log_real("d", 1e-5, 0.1), 1e-3, 0.7),
            believed(integer("e", 1, 9), 2.5, 1.5),
            believed(integer("f", 0, 2, 2), 1, 1e-9),
            believed(log_integer("g", 1, 1024), 30, 1),
            believed(real("h", 0, 1, 0.25), 0.3, 0.2),
            believed(integer("i", 0, 1e12), 5e11, 1e10),
            weighted(choice("j", {text("x"), text("y"), text("z")}), {3, 0, 1}),
            weighted(choice("k", {true, false}), {0, 1e-300})};
}

TEST(AxisPrior, QuantilesAreInTheUnitIntervalAndNeverLessForMore) {
    for (const Parameter& p : parameters()) {
        const AxisPrior prior(p);
        double before = 0;
        for (int i = 0; i <= 1000; ++i) {
            const double at = prior.quantile(i / 1000.0);
            ASSERT_TRUE(at >= before && at <= 1) << p.name << " " << i;
            before = at;
        }
    }
}

TEST(AxisPrior, TheDensityIsThatOfTheQuantiles) {
    constexpr int cells = 20000;
    for (const Parameter& p : parameters()) {
        if (p.name == "b") continue;  // all in less than a cell
        const AxisPrior prior(p);
        double sum = 0, lower = 0;
        const double median = prior.quantile(0.5);
        for (int i = 0; i < cells; ++i) {
            const double u = (i + 0.5) / cells, density = std::exp(prior.log_density(u));
            sum += density / cells;
            if (u < median) lower += density / cells;
        }
        EXPECT_NEAR(sum, 1, 1e-3) << p.name;
        if (value_count(p) > 0) continue;
        EXPECT_NEAR(lower, 0.5, 1e-3) << p.name;
    }
}

TEST(AxisPrior, NothingIsInfinite) {
    for (const Parameter& p : parameters())
        for (const double u : {0.0, 1e-9, 0.3, 0.5, 1 - 1e-9, 1.0}) {
            EXPECT_TRUE(std::isfinite(AxisPrior(p).log_density(u))) << p.name << " " << u;
            EXPECT_TRUE(std::isfinite(AxisPrior(p).slope(u))) << p.name << " " << u;
        }
}

TEST(AxisPrior, TheSlopeIsThatOfTheDensity) {
    const AxisPrior prior(believed(log_real("lr", 1e-5, 0.1), 1e-3, 0.7));
    for (const double u : {0.2, 0.5, 0.61}) {
        const double difference = (prior.log_density(u + 1e-6) - prior.log_density(u - 1e-6)) / 2e-6;
        EXPECT_NEAR(prior.slope(u), difference, 1e-4 * std::abs(difference) + 1e-6);
    }
    EXPECT_EQ(AxisPrior(real("x", 0, 1)).slope(0.3), 0);
    EXPECT_EQ(AxisPrior(real("x", 0, 1)).log_density(0.3), 0);
    EXPECT_EQ(AxisPrior(real("x", 0, 1)).quantile(0.3), 0.3);
}

class DrawnFromPriors : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, DrawnFromPriors,
                         testing::Values("random", "sobol", "tpe", "gp", "nsga2", "auto"));

// The mean of a logarithm is the median's, and a third lies beyond one deviation.
TEST_P(DrawnFromPriors, WhatIsProposedBeforeAnyResultIsAsBelieved) {
    const Space space{{believed(log_real("lr", 1e-5, 0.1), 1e-3, 0.5), real("x", 0, 1),
                       weighted(choice("c", {text("x"), text("y"), text("z")}), {3, 0, 1}),
                       believed(integer("n", 1, 9), 3, 1)}};
    const auto s = sampler(space, GetParam());
    constexpr int count = 400;
    double logs = 0, squares = 0, x = 0, n = 0, first = 0;
    for (std::int64_t k = 0; k < count; ++k) {
        const Params params = s->ask(k).value().params;
        ASSERT_TRUE(fits(space, params));
        EXPECT_NE(params.at("c"), text("y"));
        const double deviation = std::log(number(params, "lr") / 1e-3) / 0.5;
        logs += deviation / count, squares += deviation * deviation / count;
        x += number(params, "x") / count, n += number(params, "n") / count;
        first += (params.at("c") == text("x") ? 1.0 : 0.0) / count;
    }
    EXPECT_NEAR(logs, 0, 0.2);
    EXPECT_NEAR(squares, 1, 0.2);
    EXPECT_NEAR(x, 0.5, 0.06);
    EXPECT_NEAR(n, 3, 0.2);
    EXPECT_NEAR(first, 0.75, 0.08);
}

TEST(Prior, TheGridTakesNoNotice) {
    const Space plain{{integer("n", 1, 9)}}, with{{believed(integer("n", 1, 9), 3, 1)}};
    const auto one = sampler(plain, "grid"), other = sampler(with, "grid");
    for (std::int64_t k = 0; k < 9; ++k) EXPECT_EQ(one->ask(k)->params, other->ask(k)->params);
}

TEST(Prior, ThePointsOfSobolKeepTheirOrder) {
    const Space plain{{real("x", 0, 1)}}, with{{believed(real("x", 0, 1), 0.3, 0.1)}};
    const auto one = sampler(plain, "sobol"), other = sampler(with, "sobol");
    const AxisPrior prior(with.parameters[0]);
    for (std::int64_t k = 0; k < 50; ++k)
        EXPECT_DOUBLE_EQ(number(other->ask(k)->params, "x"),
                         prior.quantile(number(one->ask(k)->params, "x")));
}

Space bowl_space(double mean, double std) {
    Space space = box(4, -5, 5);
    for (std::size_t i = 0; i < 4; ++i) {
        Parameter& p = space.parameters[i];
        if (std > 0) p = believed(p, std::clamp(shift(i) + mean, -5.0, 5.0), std);
    }
    return space;
}

class Believing : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Believing, testing::Values("tpe", "gp", "cmaes", "auto"));

double median_best(const Space& space, const char* name, int trials) {
    std::vector<double> bests;
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        bests.push_back(best_of(trials, space, ellipsoid(10), name, seed));
    std::sort(bests.begin(), bests.end());
    return bests[1];
}

TEST_P(Believing, AGoodBeliefHelps) {
    EXPECT_LT(median_best(bowl_space(0.2, 0.5), GetParam(), 20),
              median_best(bowl_space(0, 0), GetParam(), 20) / 2);
}

// Four units beside the optimum with a deviation of one; all that is believed costs at least 100.
TEST_P(Believing, ResultsOutweighAWrongBelief) {
    EXPECT_LT(median_best(bowl_space(-3, 1), GetParam(), 120), 10);
}

TEST(Prior, CmaesStartsThere) {
    const Space space{{real("x", 0, 1), believed(real("y", 0, 1), 0.8, 0.1)}};
    const auto start = cmaes::first_start(History(UnitCube(space), {}), 1);
    EXPECT_DOUBLE_EQ(start.mean[1], 0.8);
    const Eigen::VectorXd deviations = (start.sigma * start.sigma * start.shape.diagonal()).cwiseSqrt();
    EXPECT_NEAR(deviations[0], cmaes::first_sigma, 1e-12);
    EXPECT_NEAR(deviations[1], 0.1, 1e-12);
}

}  // namespace
}  // namespace tw
