#include "optimize/gp/fit.hpp"

#include <LBFGSB.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tw::gp {
namespace {

// Logarithms.
constexpr double shortest = -4.6, longest = 4.6;  // length scales from 0.01 to 100
constexpr double least_signal = -3, most_signal = 4;
constexpr double least_noise = -13.8, most_noise = 0.7;

struct Prior {
    double mean, deviation;
    double cost(double x) const { return 0.5 * (x - mean) * (x - mean) / (deviation * deviation); }
    double slope(double x) const { return (x - mean) / (deviation * deviation); }
};

// A second start: what looks like short length scales may be noise.
constexpr double much_noise = -1.5;

const Prior signal_prior{0, 1}, noise_prior{-7, 2.5};

Prior length_prior(Eigen::Index columns) {
    return {std::log(0.5 * std::sqrt(static_cast<double>(columns))), 1.0};
}

// Sum over i, j of weights(i, j) times the squared difference of rows i and j in one column.
double weighted_spread(const Matrix& weights, const Vector& sums, const Vector& x, ColumnKind kind) {
    if (kind != ColumnKind::category) return 2 * (sums.dot(x.cwiseAbs2()) - x.dot(weights * x));
    double spread = 0;
    for (Eigen::Index j = 0; j < x.size(); ++j)
        spread += ((x.array() != x(j)).cast<double>() * weights.col(j).array()).sum();
    return spread;
}

Hyperparameters unpacked(const Vector& theta) {
    const Eigen::Index columns = theta.size() - 2;
    return {theta.head(columns).array().exp(), std::exp(theta(columns)), std::exp(theta(columns + 1))};
}

double prior_cost(const Vector& theta, Vector& gradient) {
    const Eigen::Index columns = theta.size() - 2;
    const Prior length = length_prior(columns);
    double cost = signal_prior.cost(theta(columns)) + noise_prior.cost(theta(columns + 1));
    for (Eigen::Index i = 0; i < columns; ++i) {
        cost += length.cost(theta(i));
        gradient(i) = length.slope(theta(i));
    }
    gradient(columns) = signal_prior.slope(theta(columns));
    gradient(columns + 1) = noise_prior.slope(theta(columns + 1));
    return cost;
}

}  // namespace

// Rasmussen & Williams (5.8), (5.9).
double cost_of_fit(const Matrix& rows, const std::vector<ColumnKind>& kinds, const Vector& values,
                   const Vector& theta, Vector& gradient) {
    const Eigen::Index n = rows.rows(), columns = rows.cols();
    const Hyperparameters parameters = unpacked(theta);
    const Kernel kernel(kinds, parameters);
    const Eigen::ArrayXXd far = (5 * kernel.distances(rows, rows).array()).sqrt();
    const Eigen::ArrayXXd decay = parameters.signal * (-far).exp();
    const Matrix clean = decay * (1 + far + far.square() / 3);
    Matrix covariance = clean;
    covariance.diagonal().array() += parameters.noise + 1e-10 * parameters.signal;
    const Eigen::LLT<Matrix> factor(covariance);
    gradient.setZero(theta.size());
    if (factor.info() != Eigen::Success) return std::numeric_limits<double>::max();
    double cost = prior_cost(theta, gradient);
    const Vector alpha = factor.solve(values);
    cost += 0.5 * values.dot(alpha) + factor.matrixLLT().diagonal().array().log().sum();
    const Matrix weights = factor.solve(Matrix::Identity(n, n)) - alpha * alpha.transpose();
    const Matrix slopes = weights.array() * decay * (5.0 / 3) * (1 + far);
    const Vector sums = slopes.rowwise().sum();
    for (Eigen::Index i = 0; i < columns; ++i) {
        const double spread = weighted_spread(slopes, sums, rows.col(i), kinds[static_cast<std::size_t>(i)]);
        gradient(i) += 0.5 * spread / (parameters.lengths(i) * parameters.lengths(i));
    }
    gradient(columns) += 0.5 * (weights.array() * clean.array()).sum();
    gradient(columns + 1) += 0.5 * parameters.noise * weights.trace();
    return cost;
}

Hyperparameters fit(const Matrix& rows, const std::vector<ColumnKind>& kinds, const Vector& values) {
    const Eigen::Index columns = rows.cols();
    Vector low(columns + 2), high(columns + 2);
    low << Vector::Constant(columns, shortest), least_signal, least_noise;
    high << Vector::Constant(columns, longest), most_signal, most_noise;
    LBFGSpp::LBFGSBParam<double> settings;
    settings.max_iterations = 40;
    settings.epsilon = settings.epsilon_rel = 1e-4;
    settings.past = 1;
    settings.delta = 1e-5;
    settings.max_linesearch = 15;
    const auto cost = [&](const Vector& theta, Vector& gradient) {
        return cost_of_fit(rows, kinds, values, theta, gradient);
    };
    Vector best;
    double least = std::numeric_limits<double>::infinity();
    for (const double noise : {noise_prior.mean, much_noise}) {
        Vector theta(columns + 2), gradient;
        theta << Vector::Constant(columns, length_prior(columns).mean - 0.7), signal_prior.mean, noise;
        const Vector begin = theta;
        double reached = 0;
        try {
            LBFGSpp::LBFGSBSolver<double> solver(settings);
            solver.minimize(cost, theta, reached, low, high);
        } catch (const std::exception&) {  // a line search that finds nothing better: theta is what it had
            if (!theta.allFinite()) theta = begin;
            reached = cost(theta, gradient);
        }
        if (best.size() > 0 && !(reached < least)) continue;
        best = theta;
        least = reached;
    }
    return unpacked(best);
}

}  // namespace tw::gp
