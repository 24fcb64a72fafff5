#include <gtest/gtest.h>

#include "unit/optimize/search.hpp"

namespace tw {
namespace {

using namespace test;

double rosenbrock(const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i)
        sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
    return sum;
}

double rastrigin(const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double d = x[i] - shift(i);
        sum += 10 + d * d - 10 * std::cos(2 * std::acos(-1.0) * d);
    }
    return sum;
}

double integer_sphere(const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += std::pow(x[i] - static_cast<double>((i * 7) % 19) + 9, 2);
    return sum;
}

Space integers(int dimension) {
    Space space;
    for (int i = 0; i < dimension; ++i) space.parameters.push_back(integer("n" + std::to_string(i), -20, 20));
    return space;
}

TEST(Cmaes, Sphere) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        EXPECT_LT(best_of(1700, box(10, -5, 5), ellipsoid(1), "cmaes", seed), 1e-6) << seed;
}

TEST(Cmaes, Ellipsoid) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
        EXPECT_LT(best_of(3500, box(10, -5, 5), ellipsoid(1e4), "cmaes", seed), 1e-6) << seed;
}

TEST(Cmaes, Rosenbrock) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        EXPECT_LT(best_of(3000, box(5, -5, 5), rosenbrock, "cmaes", seed), 1e-6) << seed;
}

TEST(Cmaes, RestartsLeaveLocalOptima) {
    int solved = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        solved += best_of(4000, box(2, -5, 5), rastrigin, "cmaes", seed) < 0.01;
    EXPECT_GE(solved, 4);
}

TEST(Cmaes, AnOptimumInTheCorner) {
    const auto sum = [](const std::vector<double>& x) {
        double total = 0;
        for (const double value : x) total += value;
        return total;
    };
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        EXPECT_LT(best_of(1500, box(5, 0, 1), sum, "cmaes", seed), 1e-4) << seed;
}

TEST(Cmaes, IntegersDoNotStagnate) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
        EXPECT_EQ(best_of(600, integers(5), integer_sphere, "cmaes", seed), 0) << seed;
}

TEST(Cmaes, StepsBesideReals) {
    Space space = integers(3);
    for (const Parameter& p : box(3, -20, 20).parameters) space.parameters.push_back(p);
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        EXPECT_LT(best_of(1500, space, integer_sphere, "cmaes", seed), 1e-3) << seed;
}

// The optimum lies at the edge of what does not fail.
TEST(Cmaes, ARegionThatFails) {
    Search search(sampler(box(4, -5, 5), "cmaes"), 4, 1);
    double best = 100;
    for (int i = 0; i < 800; ++i) {
        const Proposed ended = search.next_end();
        const std::vector<double> x = values_of(box(4, -5, 5), ended.params);
        const double cost = ellipsoid(1)(x);
        if (x[0] > shift(0)) {
            search.end(ended, EndState::failed, {}, true);
        } else {
            search.end(ended, EndState::complete, {cost});
            best = std::min(best, cost);
        }
    }
    EXPECT_LT(best, 1e-3);
}

TEST(Cmaes, ManyAtWork) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        EXPECT_LT(best_of(1700, box(10, -5, 5), ellipsoid(1), "cmaes", seed, 8), 1e-6) << seed;
        EXPECT_LT(best_of(2500, box(10, -5, 5), ellipsoid(1), "cmaes", seed, 32), 1e-6) << seed;
    }
    EXPECT_LT(best_of(4500, box(5, -5, 5), rosenbrock, "cmaes", 1, 8), 1e-6);
}

TEST(Cmaes, MoreDimensionsThanAMatrixPaysFor) {
    EXPECT_LT(best_of(1500, box(60, -5, 5), ellipsoid(1), "cmaes", 1), 10);  // 450 in the centre
}

TEST(Cmaes, BeginsAtTheBestThatIsKnown) {
    const Space space = box(5, -5, 5);
    const auto s = sampler(space, "cmaes");
    std::mt19937_64 engine(3);
    for (std::int64_t i = 0; i < 200; ++i) {
        Params params;
        std::vector<double> x;
        for (const Parameter& p : space.parameters) {
            x.push_back(static_cast<double>(engine() % 10001) / 1000 - 5);
            params[p.name] = x.back();
        }
        s->tell({"other " + std::to_string(i), i + 1, -1, params, EndState::complete, {ellipsoid(1)(x)}});
    }
    double sum = 0;
    for (std::int64_t k = 0; k < 20; ++k) sum += ellipsoid(1)(values_of(space, s->ask(k).value().params));
    EXPECT_LT(sum / 20, 25);  // of points anywhere it is 47 on average
}

TEST(Cmaes, BeginsAtTheDefault) {
    Space space = box(3, 0, 1);
    for (Parameter& p : space.parameters) p.default_value = 0.9;
    const auto s = sampler(space, "cmaes");
    double sum = 0;
    for (std::int64_t k = 1; k <= 200; ++k)
        for (const double x : values_of(space, s->ask(k).value().params)) sum += x / 600;
    EXPECT_GT(sum, 0.65);
}

TEST(Cmaes, AParameterWithOneValueIsNoTrouble) {
    Space space = box(2, -5, 5);
    space.parameters.push_back(integer("n", 3, 3));
    space.parameters.push_back(real("y", 2, 2));
    const Cost cost = [](const std::vector<double>& x) { return ellipsoid(1)({x[0], x[1]}); };
    EXPECT_LT(best_of(600, space, cost, "cmaes", 1), 1e-6);
}

}  // namespace
}  // namespace tw
