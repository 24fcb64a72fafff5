#include "optimize/cmaes/shape.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace tw::cmaes {
namespace {

constexpr double most_condition = 1e14;

// Eigenvalues from below, so that rounding leaves none at or under zero.
Vector floored(const Vector& eigenvalues) {
    const double largest = eigenvalues.maxCoeff();
    return eigenvalues.cwiseMax(largest > 0 ? largest / most_condition : 1.0);
}

}  // namespace

Shape::Shape(const Matrix& covariance) : separable_(covariance.cols() == 1), covariance_(covariance) {
    if (covariance.size() > 0) decompose();
}

void Shape::decompose() {
    if (separable_) {
        covariance_ = floored(covariance_.col(0));
        lengths_ = covariance_.col(0).cwiseSqrt();
        return;
    }
    covariance_ = (covariance_ + covariance_.transpose()).eval() / 2;
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance_);
    const Vector eigenvalues = floored(solver.eigenvalues());
    axes_ = solver.eigenvectors();
    lengths_ = eigenvalues.cwiseSqrt();
    if (eigenvalues != solver.eigenvalues())
        covariance_ = axes_ * eigenvalues.asDiagonal() * axes_.transpose();
}

Vector Shape::colour(const Vector& z) const {
    if (separable_) return lengths_.cwiseProduct(z);
    return axes_ * lengths_.cwiseProduct(axes_.transpose() * z);
}

Vector Shape::whiten(const Vector& y) const {
    if (separable_) return y.cwiseQuotient(lengths_);
    return axes_ * (axes_.transpose() * y).cwiseQuotient(lengths_);
}

Vector Shape::deviations() const {
    return separable_ ? lengths_ : Vector(covariance_.diagonal().cwiseMax(0.0).cwiseSqrt());
}

void Shape::update(const Weights& weights, const Vector& path, double lost, const std::vector<Step>& steps) {
    const auto outer = [this](const Vector& v) -> Matrix {
        if (separable_) return v.cwiseAbs2();
        return v * v.transpose();
    };
    const double n = static_cast<double>(path.size());
    double sum = 0;
    Matrix learned = weights.rank_one * outer(path);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [y, fresh] = steps[i];
        double w = weights.ranks[i];
        if (w < 0 && !fresh) continue;
        sum += w;
        if (w < 0) w *= n / std::max(whiten(y).squaredNorm(), 1e-12);
        learned += weights.rank_mu * w * outer(y);
    }
    const double kept = 1 + weights.rank_one * lost - weights.rank_one - weights.rank_mu * sum;
    covariance_ = kept * covariance_ + learned;
    decompose();
}

}  // namespace tw::cmaes
