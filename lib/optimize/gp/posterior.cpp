#include "optimize/gp/posterior.hpp"

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <numeric>

namespace tw::gp {
namespace {

// Made positive definite by as much as it takes.
Eigen::LLT<Matrix> factorised(Matrix covariance, double scale) {
    Eigen::LLT<Matrix> factor(covariance);
    for (double jitter = 1e-10 * scale; factor.info() != Eigen::Success && jitter < scale; jitter *= 10) {
        covariance.diagonal().array() += jitter;
        factor.compute(covariance);
    }
    return factor;
}

}  // namespace

Posterior::Posterior(Kernel kernel, Matrix rows, const Vector& values)
    : kernel_(std::move(kernel)), rows_(std::move(rows)) {
    condition(values);
}

// The mean far away is the one that makes the observations likeliest: Rasmussen & Williams 2.7.
void Posterior::condition(const Matrix& values) {
    values_ = values;
    Matrix covariance = kernel_(rows_, rows_);
    covariance.diagonal().array() += kernel_.parameters().noise;
    factor_ = factorised(std::move(covariance), kernel_.at_zero());
    const Vector ones = Vector::Ones(rows_.rows());
    const Vector weight = factor_.solve(ones);
    const double total = weight.sum() + 1 / kernel_.at_zero();
    mean_ = weight.transpose() * values_ / total;
    alpha_ = factor_.solve(values_ - ones * mean_);
    means_ = values_ - kernel_.parameters().noise * alpha_;
}

void Posterior::imagine(const Matrix& pending, int scenarios, Stream& stream) {
    if (pending.rows() == 0) return;
    const Matrix cross = kernel_(rows_, pending);
    const Vector means = (cross.transpose() * alpha_.col(0)).array() + mean_(0);
    const Matrix reduced = factor_.matrixL().solve(cross);
    Matrix covariance = kernel_(pending, pending) - reduced.transpose() * reduced;
    covariance.diagonal().array() += 1e-9 * kernel_.at_zero() + kernel_.parameters().noise;
    const Eigen::LLT<Matrix> root = factorised(std::move(covariance), kernel_.at_zero());
    boost::random::normal_distribution<double> normal;
    Matrix draws(pending.rows(), scenarios);
    for (Eigen::Index j = 0; j < draws.cols(); ++j)
        for (Eigen::Index i = 0; i < draws.rows(); ++i) draws(i, j) = normal(stream);
    const Matrix lower = root.matrixL();
    Matrix values(rows_.rows() + pending.rows(), scenarios);
    values.topRows(rows_.rows()) = values_.col(0).replicate(1, scenarios);
    values.bottomRows(pending.rows()) = (lower * draws).colwise() + means;
    Matrix rows(values.rows(), rows_.cols());
    rows << rows_, pending;
    rows_ = std::move(rows);
    condition(values);
}

std::vector<Eigen::Index> Posterior::rows_in(const Vector& low, const Vector& high,
                                             Eigen::Index counted) const {
    const Eigen::Index rows = counted > 0 ? counted : rows_.rows();
    std::vector<Eigen::Index> inside;
    for (Eigen::Index i = 0; i < rows; ++i) {
        const auto row = rows_.row(i).transpose().array();
        if ((row >= low.array() - 1e-9).all() && (row <= high.array() + 1e-9).all()) inside.push_back(i);
    }
    if (!inside.empty()) return inside;
    inside.resize(static_cast<std::size_t>(rows));
    std::iota(inside.begin(), inside.end(), 0);
    return inside;
}

Vector Posterior::least(const Vector& low, const Vector& high, Eigen::Index counted) const {
    return means_(rows_in(low, high, counted), Eigen::all).colwise().minCoeff();
}

Eigen::Index Posterior::best_row(Eigen::Index counted) const {
    Eigen::Index best = 0;
    means_.col(0).head(counted).minCoeff(&best);
    return best;
}

Prediction Posterior::at(const Matrix& rows) const {
    const Matrix cross = kernel_(rows_, rows);
    const Matrix reduced = factor_.matrixL().solve(cross);
    Prediction prediction;
    prediction.means = (cross.transpose() * alpha_).rowwise() + mean_;
    prediction.variances = (kernel_.at_zero() - reduced.colwise().squaredNorm().transpose().array())
                               .max(1e-12 * kernel_.at_zero());
    return prediction;
}

Posterior::Local Posterior::around(const Vector& x) const {
    const Vector cross = kernel_(rows_, x.transpose());
    const Matrix slopes = kernel_.gradient(x, rows_);
    const Vector solved = factor_.solve(cross);
    Local local;
    local.means = (alpha_.transpose() * cross) + mean_.transpose();
    local.slopes = slopes.transpose() * alpha_;
    local.variance = std::max(kernel_.at_zero() - cross.dot(solved), 1e-12 * kernel_.at_zero());
    local.variance_slope = -2 * slopes.transpose() * solved;
    return local;
}

}  // namespace tw::gp
