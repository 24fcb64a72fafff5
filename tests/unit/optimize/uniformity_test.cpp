#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

// Pearson's statistic of how often each value came, against what was expected of it.
double chi_square(const std::map<std::string, int>& seen, const std::map<std::string, double>& expected) {
    double sum = 0;
    for (const auto& [value, share] : expected) {
        const auto it = seen.find(value);
        const double difference = (it == seen.end() ? 0 : it->second) - share;
        sum += difference * difference / share;
    }
    return sum;
}

constexpr int draws = 8192;

std::map<std::string, int> histogram(const Parameter& p, const char* name) {
    std::map<std::string, int> seen;
    const auto s = sampler({{p}}, name);
    for (int k = 0; k < draws; ++k) ++seen[to_text(s->ask(k).value().params.at(p.name))];
    return seen;
}

class Uniformity : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samplers, Uniformity, testing::Values("random", "sobol"));

// 99.9 % of chi-square with 9 degrees of freedom: 27.9.
TEST_P(Uniformity, IntegersWithoutFavouredEnds) {
    std::map<std::string, double> expected;
    for (int i = 1; i <= 10; ++i) expected[std::to_string(i)] = draws / 10.0;
    const auto seen = histogram(integer("n", 1, 10), GetParam());
    EXPECT_EQ(seen.size(), 10u);
    EXPECT_LT(chi_square(seen, expected), 27.9);
}

TEST_P(Uniformity, GridPoints) {
    const auto seen = histogram(real("x", 0, 0.9, 0.1), GetParam());
    std::map<std::string, double> expected;
    for (const auto& [value, count] : seen) expected[value] = draws / 10.0;
    EXPECT_EQ(seen.size(), 10u);
    EXPECT_LT(chi_square(seen, expected), 27.9);
}

// 4 degrees of freedom: 18.5.
TEST_P(Uniformity, Choices) {
    std::map<std::string, double> expected;
    for (const char* c : {"a", "b", "c", "d", "e"}) expected[c] = draws / 5.0;
    const auto seen =
        histogram(choice("c", {text("a"), text("b"), text("c"), text("d"), text("e")}), GetParam());
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_LT(chi_square(seen, expected), 18.5);
}

// 15 degrees of freedom: 37.7.
TEST_P(Uniformity, LogIntegersByTheirLogarithm) {
    std::map<std::string, double> expected;
    for (int i = 1; i <= 16; ++i)
        expected[std::to_string(i)] = draws * std::log((i + 0.5) / (i - 0.5)) / std::log(16.5 / 0.5);
    EXPECT_LT(chi_square(histogram(log_integer("n", 1, 16), GetParam()), expected), 37.7);
}

TEST_P(Uniformity, LogRealsByDecade) {
    std::map<std::string, int> seen;
    const auto s = sampler({{log_real("lr", 1e-5, 1)}}, GetParam());
    for (int k = 0; k < draws; ++k)
        ++seen[std::to_string(std::floor(std::log10(std::get<double>(s->ask(k).value().params.at("lr")))))];
    std::map<std::string, double> expected;
    for (const auto& [decade, count] : seen) expected[decade] = draws / 5.0;
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_LT(chi_square(seen, expected), 18.5);
}

TEST_P(Uniformity, ParametersAreIndependent) {
    std::map<std::string, int> seen;
    const auto s = sampler({{integer("a", 0, 3), integer("b", 0, 3)}}, GetParam());
    for (int k = 0; k < draws; ++k) {
        const Params params = s->ask(k).value().params;
        ++seen[to_text(params.at("a")) + to_text(params.at("b"))];
    }
    std::map<std::string, double> expected;
    for (const auto& [pair, count] : seen) expected[pair] = draws / 16.0;
    EXPECT_EQ(seen.size(), 16u);
    EXPECT_LT(chi_square(seen, expected), 37.7);
}

// Warnock's formula for the L2 star discrepancy in the unit square.
double discrepancy(const char* name, std::uint64_t seed, int count) {
    std::vector<std::pair<double, double>> points;
    const auto s = sampler({{real("x", 0, 1), real("y", 0, 1)}}, name, seed);
    for (int k = 0; k < count; ++k) {
        const Params params = s->ask(k).value().params;
        points.emplace_back(std::get<double>(params.at("x")), std::get<double>(params.at("y")));
    }
    double single = 0, pairs = 0;
    for (const auto& [x, y] : points) {
        single += (1 - x * x) * (1 - y * y) / 4;
        for (const auto& [u, v] : points) pairs += (1 - std::max(x, u)) * (1 - std::max(y, v));
    }
    const double n = count;
    return std::sqrt(1.0 / 9 - 2 / n * single + pairs / (n * n));
}

TEST(Sobol, FillsTheSquareBetterThanChance) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        EXPECT_LT(discrepancy("sobol", seed, 128), 0.5 * discrepancy("random", seed, 128)) << seed;
}

// 128 points less the first: no elementary interval of area 1/128 holds two.
TEST(Sobol, TheShiftKeepsTheNet) {
    const auto s = sampler({{real("x", 0, 1), real("y", 0, 1)}}, "sobol", 5);
    for (int bits = 0; bits <= 7; ++bits) {
        std::map<std::pair<int, int>, int> boxes;
        for (int k = 0; k < 127; ++k) {
            const Params params = s->ask(k).value().params;
            const int x = static_cast<int>(std::ldexp(std::get<double>(params.at("x")), bits));
            const int y = static_cast<int>(std::ldexp(std::get<double>(params.at("y")), 7 - bits));
            EXPECT_EQ(++boxes[std::make_pair(x, y)], 1) << bits;
        }
    }
}

}  // namespace
}  // namespace tw
