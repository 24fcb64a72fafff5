#include "optimize/unit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/optimize/spaces.hpp"

namespace tw {
namespace {

using namespace test;

std::int64_t as_int(const Scalar& value) {
    return std::get<std::int64_t>(value);
}
double as_real(const Scalar& value) {
    return std::get<double>(value);
}

const double almost_one = std::nextafter(1.0, 0.0);

TEST(Unit, RealsReachBothEndsAndNothingElse) {
    const Parameter p = real("x", -2, 3);
    EXPECT_EQ(as_real(from_unit(p, 0)), -2);
    EXPECT_EQ(as_real(from_unit(p, 0.5)), 0.5);
    EXPECT_EQ(as_real(from_unit(p, 1)), 3);
    EXPECT_EQ(as_real(from_unit(p, 7)), 3);
    EXPECT_EQ(as_real(from_unit(p, std::numeric_limits<double>::quiet_NaN())), -2);
}

TEST(Unit, HugeRangesStayFinite) {
    const Parameter p = real("x", -8e307, 8e307);
    EXPECT_EQ(as_real(from_unit(p, 0.5)), 0);
    EXPECT_EQ(as_real(from_unit(p, 1)), 8e307);
    EXPECT_DOUBLE_EQ(*to_unit(p, 4e307), 0.75);
}

TEST(Unit, LogRealsAreEvenInTheLogarithm) {
    const Parameter p = log_real("lr", 1e-4, 1);
    EXPECT_DOUBLE_EQ(as_real(from_unit(p, 0.25)), 1e-3);
    EXPECT_GE(as_real(from_unit(p, 0)), 1e-4);
    EXPECT_LE(as_real(from_unit(p, 1)), 1);
}

TEST(Unit, GridPointsHaveEqualSharesAndNoNoise) {
    const Parameter p = real("x", 0.1, 0.5, 0.1);
    ASSERT_EQ(value_count(p), 5);
    EXPECT_EQ(as_real(from_unit(p, 0.19)), 0.1);
    EXPECT_EQ(as_real(from_unit(p, 0.21)), 0.2);
    EXPECT_EQ(as_real(from_unit(p, 0.5)), 0.3);
    EXPECT_EQ(as_real(from_unit(p, 1)), 0.5);
}

TEST(Unit, ZeroOnAGridHasNoSign) {
    for (int n = 1; n < 50; ++n) {
        const Parameter p = real("x", -n * 0.1, 1, 0.1);
        EXPECT_FALSE(std::signbit(as_real(value_at(p, n)))) << n;
        EXPECT_EQ(as_real(value_at(p, n)), 0) << n;
    }
}

TEST(Unit, AStepThatDoesNotReachTheEndStopsBeforeIt) {
    EXPECT_EQ(value_count(real("x", 0, 1, 0.3)), 4);
    EXPECT_EQ(as_real(value_at(real("x", 0, 1, 0.3), 3)), 0.9);
    EXPECT_EQ(value_count(integer("n", 1, 10, 4)), 3);
    EXPECT_EQ(as_int(value_at(integer("n", 1, 10, 4), 2)), 9);
}

TEST(Unit, StepsThatAreNoDecimalsAreKept) {
    const Parameter p = real("x", 0, 1, 1.0 / 3);
    EXPECT_EQ(value_count(p), 4);
    EXPECT_NEAR(as_real(value_at(p, 1)), 1.0 / 3, 1e-13);
    const Parameter fine = real("x", 1e6, 1e6 + 1e-9, 1.0 / (1ull << 33));
    EXPECT_EQ(as_real(value_at(fine, 1)), 1e6 + 1.0 / (1ull << 33));
}

TEST(Unit, IntegersHaveEqualShares) {
    const Parameter p = integer("n", -1, 2);
    EXPECT_EQ(as_int(from_unit(p, 0)), -1);
    EXPECT_EQ(as_int(from_unit(p, 0.2499)), -1);
    EXPECT_EQ(as_int(from_unit(p, 0.25)), 0);
    EXPECT_EQ(as_int(from_unit(p, almost_one)), 2);
}

TEST(Unit, LogIntegersGetWhatTheirLogarithmsSpan) {
    const Parameter p = log_integer("n", 1, 3);
    const double whole = std::log(3.5 / 0.5), first = std::log(1.5 / 0.5) / whole;
    EXPECT_EQ(as_int(from_unit(p, first - 1e-9)), 1);
    EXPECT_EQ(as_int(from_unit(p, first + 1e-9)), 2);
    EXPECT_EQ(as_int(from_unit(p, 0)), 1);
    EXPECT_EQ(as_int(from_unit(p, 1)), 3);
}

TEST(Unit, ChoicesHaveEqualShares) {
    const Parameter p = choice("c", {text("a"), nullptr, true});
    EXPECT_EQ(from_unit(p, 0.3), text("a"));
    EXPECT_EQ(from_unit(p, 0.4), Scalar{nullptr});
    EXPECT_EQ(from_unit(p, 1), Scalar{true});
}

TEST(Unit, ValuesOutsideHaveNoCoordinate) {
    EXPECT_FALSE(to_unit(real("x", 0, 1), 1.5));
    EXPECT_FALSE(to_unit(real("x", 0, 1), std::numeric_limits<double>::quiet_NaN()));
    EXPECT_FALSE(to_unit(real("x", 0, 1, 0.1), 0.25));
    EXPECT_FALSE(to_unit(integer("n", 1, 4), std::int64_t{0}));
    EXPECT_FALSE(to_unit(integer("n", 1, 4), 2.5));
    EXPECT_FALSE(to_unit(integer("n", 1, 4), text("2")));
    EXPECT_FALSE(to_unit(choice("c", {text("a")}), text("b")));
}

TEST(Unit, ThereAndBackIsTheSameValue) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        for (const Parameter& p : random_space(seed).parameters) {
            for (double u = 0; u <= 1; u += 1.0 / 64) {
                const Scalar value = from_unit(p, u);
                const auto back = to_unit(p, value);
                ASSERT_TRUE(back) << p.name << " seed " << seed << " " << to_text(value);
                double a = 0, b = 0;
                const Scalar again = from_unit(p, *back);
                if (value_count(p) == 0 && as_number(value, a) && as_number(again, b)) {
                    ASSERT_NEAR(a, b, 1e-9 * (p.high - p.low));
                } else {
                    ASSERT_EQ(value, again) << p.name << " seed " << seed;
                }
            }
        }
    }
}

TEST(Unit, SharesAreWhereTheirValueComesFrom) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        for (const Parameter& p : random_space(seed).parameters) {
            double end = 0;
            for (std::int64_t i = 0; i < value_count(p); ++i) {
                const auto [low, high] = share_at(p, i);
                ASSERT_EQ(low, end) << p.name << " seed " << seed;
                for (const double part : {0.001, 0.5, 0.999})
                    ASSERT_EQ(from_unit(p, std::lerp(low, high, part)), value_at(p, i))
                        << p.name << " seed " << seed;
                end = high;
            }
            ASSERT_EQ(end, value_count(p) > 0 ? 1 : 0) << p.name << " seed " << seed;
        }
    }
}

TEST(UnitCube, InactiveParametersKeepTheirCoordinate) {
    const UnitCube cube(mixed_space());
    ASSERT_EQ(cube.dimension(), 6u);
    const Params adam = cube.params({0.5, 0.5, 0.2, 0.9, 0.5, 0.5});
    EXPECT_EQ(adam.count("momentum"), 0u);
    const Params sgd = cube.params({0.5, 0.5, 0.8, 0.9, 0.5, 0.5});
    EXPECT_DOUBLE_EQ(as_real(sgd.at("momentum")), 0.99 * 0.9);
    EXPECT_EQ(sgd.at("epochs"), Scalar{std::int64_t{81}});
    const auto back = cube.point(adam);
    EXPECT_FALSE(back[3]);
    EXPECT_DOUBLE_EQ(*back[2], 0.25);
}

}  // namespace
}  // namespace tw
