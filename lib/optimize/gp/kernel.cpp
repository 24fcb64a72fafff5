#include "optimize/gp/kernel.hpp"

#include <cmath>

namespace tw::gp {
namespace {

const double root5 = std::sqrt(5.0);

}  // namespace

std::vector<ColumnKind> kinds_of(const std::vector<Column>& columns) {
    std::vector<ColumnKind> kinds;
    for (const Column& column : columns) kinds.push_back(column.kind);
    return kinds;
}

Kernel::Kernel(std::vector<ColumnKind> kinds, Hyperparameters parameters)
    : kinds_(std::move(kinds)), parameters_(std::move(parameters)) {
}

// Categories are left to distances().
Matrix Kernel::scaled(const Matrix& rows) const {
    Matrix result = rows;
    for (Eigen::Index i = 0; i < rows.cols(); ++i)
        if (kinds_[static_cast<std::size_t>(i)] == ColumnKind::category)
            result.col(i).setZero();
        else
            result.col(i) /= parameters_.lengths(i);
    return result;
}

Matrix Kernel::distances(const Matrix& a, const Matrix& b) const {
    const Matrix x = scaled(a), y = scaled(b);
    Matrix squares = -2 * x * y.transpose();
    squares.colwise() += x.rowwise().squaredNorm();
    squares.rowwise() += y.rowwise().squaredNorm().transpose();
    for (Eigen::Index i = 0; i < a.cols(); ++i) {
        if (kinds_[static_cast<std::size_t>(i)] != ColumnKind::category) continue;
        const double apart = 1 / (parameters_.lengths(i) * parameters_.lengths(i));
        for (Eigen::Index column = 0; column < b.rows(); ++column)
            squares.col(column).array() += (a.col(i).array() != b(column, i)).cast<double>() * apart;
    }
    return squares.cwiseMax(0);
}

Matrix Kernel::operator()(const Matrix& a, const Matrix& b) const {
    const Eigen::ArrayXXd squares = distances(a, b).array();
    const Eigen::ArrayXXd far = root5 * squares.sqrt();
    return parameters_.signal * (1 + far + 5.0 / 3 * squares) * (-far).exp();
}

// d/dx of (1 + r + r^2/3) exp(-r), r = sqrt5 |x - y| / l: -5/3 (x - y) / l^2 (1 + r) exp(-r).
Matrix Kernel::gradient(const Vector& x, const Matrix& rows) const {
    const Eigen::ArrayXd far = root5 * distances(rows, x.transpose()).array().sqrt();
    const Eigen::ArrayXd factor = -5.0 / 3 * parameters_.signal * (1 + far) * (-far).exp();
    Matrix result(rows.rows(), rows.cols());
    for (Eigen::Index i = 0; i < rows.cols(); ++i) {
        const double square = parameters_.lengths(i) * parameters_.lengths(i);
        if (kinds_[static_cast<std::size_t>(i)] == ColumnKind::category)
            result.col(i).setZero();
        else
            result.col(i) = factor * (x(i) - rows.col(i).array()) / square;
    }
    return result;
}

}  // namespace tw::gp
