#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "optimize/gp/acquisition.hpp"
#include "optimize/gp/branches.hpp"
#include "optimize/gp/fit.hpp"
#include "optimize/gp/search.hpp"
#include "optimize/gp/trust_region.hpp"
#include "optimize/gp/warp.hpp"
#include "unit/optimize/spaces.hpp"

namespace tw::gp {
namespace {

using namespace test;

// Two real columns and a category of three.
const std::vector<ColumnKind> kinds{ColumnKind::real, ColumnKind::ordered, ColumnKind::category};

Matrix some_rows(Eigen::Index count, std::uint64_t seed) {
    Stream stream(seed);
    Matrix rows(count, 3);
    for (Eigen::Index i = 0; i < count; ++i)
        rows.row(i) << draw_unit(stream), draw_unit(stream), std::floor(3 * draw_unit(stream));
    return rows;
}

Vector some_values(const Matrix& rows) {
    return (3 * rows.col(0).array()).sin() + rows.col(1).array().square() + 0.3 * rows.col(2).array();
}

Hyperparameters some_parameters() {
    return {Vector{{0.4, 0.7, 1.3}}, 1.2, 1e-3};
}

TEST(Kernel, IsMaternFiveHalves) {
    const Matrix rows{{0.1, 0.2, 0}, {0.5, 0.2, 0}, {0.1, 0.2, 2}};
    const Matrix k = Kernel(kinds, some_parameters())(rows, rows);
    const auto matern = [](double r) {
        return 1.2 * (1 + std::sqrt(5) * r + 5 * r * r / 3) * std::exp(-std::sqrt(5) * r);
    };
    EXPECT_NEAR(k(0, 0), 1.2, 1e-7);
    EXPECT_NEAR(k(0, 1), matern(1), 1e-7) << "0.4 apart, at a length of 0.4";
    EXPECT_NEAR(k(0, 2), matern(1 / 1.3), 1e-7) << "another category is one length away";
}

TEST(Kernel, ItsGradientIsTheSlope) {
    const Kernel kernel(kinds, some_parameters());
    const Matrix rows = some_rows(5, 1);
    const Vector x{{0.3, 0.6, 1}};
    const Matrix gradient = kernel.gradient(x, rows);
    for (Eigen::Index i = 0; i < 2; ++i) {
        Vector more = x, less = x;
        more(i) += 1e-5, less(i) -= 1e-5;
        const Vector slope = (kernel(rows, more.transpose()) - kernel(rows, less.transpose())) / 2e-5;
        EXPECT_LT((slope - gradient.col(i)).cwiseAbs().maxCoeff(), 1e-5);
    }
}

TEST(Fit, ItsGradientIsTheSlope) {
    const Matrix rows = some_rows(20, 2);
    const Vector values = some_values(rows), theta{{-0.9, -0.4, 0.2, 0.1, -5}};
    Vector gradient, unused;
    cost_of_fit(rows, kinds, values, theta, gradient);
    for (Eigen::Index i = 0; i < theta.size(); ++i) {
        Vector more = theta, less = theta;
        more(i) += 1e-5, less(i) -= 1e-5;
        const double slope = (cost_of_fit(rows, kinds, values, more, unused) -
                              cost_of_fit(rows, kinds, values, less, unused)) /
                             2e-5;
        EXPECT_NEAR(gradient(i), slope, 1e-4 * std::max(1.0, std::abs(slope))) << i;
    }
}

TEST(Fit, FindsNoiseAndWhatDoesNotMatter) {
    Matrix rows = some_rows(80, 3);
    Stream stream(4);
    Vector noisy(80);
    for (Eigen::Index i = 0; i < 80; ++i)
        noisy(i) = std::sin(6 * rows(i, 0)) + (draw_unit(stream) - 0.5) * 1.2;
    const Vector values =
        (noisy.array() - noisy.mean()) / std::sqrt((noisy.array() - noisy.mean()).square().mean());
    const Hyperparameters found = fit(rows, kinds, values);
    EXPECT_GT(found.noise, 0.05);
    EXPECT_GT(found.lengths(1), 2 * found.lengths(0));
}

TEST(Posterior, GoesThroughWhatWasObserved) {
    const Matrix rows = some_rows(12, 5);
    Hyperparameters parameters = some_parameters();
    parameters.noise = 1e-8;
    const Vector values = some_values(rows);
    const Posterior posterior(Kernel(kinds, parameters), rows, values);
    const Prediction prediction = posterior.at(rows);
    EXPECT_LT((prediction.means.col(0) - values).cwiseAbs().maxCoeff(), 1e-4);
    EXPECT_LT(prediction.variances.maxCoeff(), 1e-4);
    Eigen::Index best = 0;
    values.minCoeff(&best);
    EXPECT_EQ(posterior.best_row(rows.rows()), best);
    EXPECT_GT(posterior.at(Matrix{{50, 50, 9}}).variances(0), 1.1) << "far away it knows nothing";
}

TEST(Posterior, ItsSlopesAreThoseOfItsValues) {
    const Matrix rows = some_rows(12, 6);
    Posterior posterior(Kernel(kinds, some_parameters()), rows, some_values(rows));
    Stream stream(7);
    posterior.imagine(some_rows(3, 8), 4, stream);
    const Vector x{{0.35, 0.55, 2}};
    const Posterior::Local local = posterior.around(x);
    EXPECT_LT((local.means - posterior.at(x.transpose()).means.row(0).transpose()).cwiseAbs().maxCoeff(),
              1e-9);
    const Acquisition acquisition(expected_improvement(posterior, Vector::Constant(4, 0.1)));
    Vector slope;
    EXPECT_NEAR(acquisition.around(x, slope), acquisition.at(x.transpose())(0), 1e-9);
    for (Eigen::Index i = 0; i < 2; ++i) {
        Vector more = x, less = x;
        more(i) += 1e-5, less(i) -= 1e-5;
        const double measured =
            (acquisition.at(more.transpose())(0) - acquisition.at(less.transpose())(0)) / 2e-5;
        EXPECT_NEAR(slope(i), measured, 1e-4 * std::max(1.0, std::abs(measured)));
    }
}

TEST(Posterior, WhatIsImaginedHasTheBeliefsSpread) {
    const Matrix rows = some_rows(6, 9), pending = some_rows(1, 10);
    const Posterior before(Kernel(kinds, some_parameters()), rows, some_values(rows));
    Posterior after = before;
    Stream stream(11);
    after.imagine(pending, 2000, stream);
    const Prediction belief = before.at(pending), scenarios = after.at(pending);
    const double mean = scenarios.means.mean();
    const double variance = (scenarios.means.array() - mean).square().mean();
    EXPECT_NEAR(mean, belief.means(0, 0), 0.1);
    EXPECT_NEAR(variance / belief.variances(0), 1, 0.15);
    EXPECT_LT(scenarios.variances(0), belief.variances(0) / 5)
        << "where a trial is under way little is left to learn";
}

TEST(LogImprovement, IsTheLogarithmFarIntoTheTail) {
    for (const double z : {-24.0, -10.0, -3.0, -0.5, 0.0, 1.0, 6.0}) {
        const double h = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi) +
                         z * std::erfc(-z / std::numbers::sqrt2) / 2;
        EXPECT_NEAR(log_improvement(z).value, std::log(h), 1e-9) << z;
    }
    for (double z = -200; z < 8; z += 0.37) {
        const double slope = (log_improvement(z + 1e-5).value - log_improvement(z - 1e-5).value) / 2e-5;
        EXPECT_NEAR(log_improvement(z).slope / slope, 1, 2e-3) << z;
    }
    EXPECT_NEAR(log_improvement(-25.001).value, log_improvement(-24.999).value, 0.06);
}

TEST(Warp, KeepsTheOrderAndTamesWhatIsHuge) {
    Vector values(9);
    values << 1e300, 3, 1, 2, 5e8, 4, 1, 1e12, 6;
    for (const bool ranked : {true, false}) {
        const Vector warp = warped(values, ranked);
        for (Eigen::Index i = 0; i < 9; ++i)
            for (Eigen::Index j = 0; j < 9; ++j)
                EXPECT_TRUE(!ranked || values(i) >= values(j) || warp(i) < warp(j)) << i << " " << j;
        EXPECT_NEAR(warp.mean(), 0, 1e-9);
        EXPECT_NEAR(warp.squaredNorm() / 9, 1, 1e-9);
    }
    EXPECT_LT(warped(values, true).maxCoeff(), 4);
    EXPECT_EQ(warped(Vector::Constant(5, 7.5), true), Vector::Zero(5));
}

TEST(TrustRegion, ShrinksWithoutSuccessAndGrowsWithIt) {
    History history(UnitCube({{real("x", 0, 1), real("y", 0, 1)}}), {{"cost"}});
    std::int64_t seq = 0;
    const auto tell = [&](double cost) {
        ++seq;
        history.tell({std::to_string(seq), seq, seq, {{"x", 0.5}, {"y", 0.5}}, EndState::complete, {cost}});
    };
    for (int i = 0; i < 3; ++i) tell(10);
    EXPECT_EQ(trust_length(history, 3), 0.8);
    for (int i = 0; i < 8; ++i) tell(10);
    EXPECT_EQ(trust_length(history, 3), 0.2);
    for (const double cost : {9, 8, 7}) tell(cost);
    EXPECT_EQ(trust_length(history, 3), 0.4);
}

TEST(Search, StaysWhereItMayLookAndRepeatsNothing) {
    const UnitCube cube({{real("x", 0, 1), integer("n", 1, 3), choice("c", {text("p"), text("q")})}});
    const auto columns = columns_of(cube);
    const Snap snap(cube, columns);
    const Matrix rows{{0.5, 1.0 / 6, 0}, {0.2, 0.5, 1}};
    const Posterior posterior(Kernel(kinds_of(columns), some_parameters()), rows, Vector{{0.0, 1.0}});
    SearchSpace space(columns, snap);
    space.low << 0.25, 0, 1;
    space.high << 0.75, 0.6, 1;
    Matrix taken = rows;
    for (int i = 0; i < 20; ++i) {
        Stream stream(static_cast<std::uint64_t>(i));
        const Vector row =
            maximise(Acquisition(expected_improvement(posterior, posterior.least(space.low, space.high))),
                     space, rows, taken, stream);
        EXPECT_TRUE((row.array() >= space.low.array() - 1e-9).all() &&
                    (row.array() <= space.high.array() + 1e-9).all());
        EXPECT_GT((taken.rowwise() - row.transpose()).cwiseAbs().rowwise().maxCoeff().minCoeff(), 1e-9);
        taken.conservativeResize(taken.rows() + 1, Eigen::NoChange);
        taken.bottomRows(1) = row.transpose();
    }
}

TEST(Branches, AreTheCategoriesThatOthersDependOn) {
    const UnitCube cube({{choice("method", {text("a"), text("b")}), choice("other", {true, false}),
                          when(real("x", 0, 1), "method", {text("a")})}});
    const auto columns = columns_of(cube);
    const Snap snap(cube, columns);
    std::set<double> seen;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SearchSpace space(columns, snap);
        Stream stream(seed);
        Branches(cube).confine(space, stream);
        EXPECT_EQ(space.low(0), space.high(0));
        EXPECT_LT(space.low(1), space.high(1));
        seen.insert(space.low(0));
    }
    EXPECT_EQ(seen.size(), 2u);
    EXPECT_TRUE(Branches(UnitCube({{real("x", 0, 1)}})).none());
}

}  // namespace
}  // namespace tw::gp
