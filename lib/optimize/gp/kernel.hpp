// Matern-5/2 with one length scale per column: Rasmussen & Williams, "Gaussian Processes for Machine
// Learning" (2006), 4.2 and 5.4. Two rows of different categories are one length scale apart in that column.
// Private to lib/optimize.
#pragma once

#include "optimize/gp/features.hpp"

namespace tw::gp {

struct Hyperparameters {
    Vector lengths;       // one per column, in units of the cube
    double signal = 1;    // variance of the function
    double noise = 1e-4;  // variance of an observation
};

class Kernel {
public:
    Kernel(std::vector<ColumnKind> kinds, Hyperparameters parameters);

    const Hyperparameters& parameters() const { return parameters_; }
    double at_zero() const { return parameters_.signal; }

    // Squared scaled distances of each row of `a` to each row of `b`.
    Matrix distances(const Matrix& a, const Matrix& b) const;

    Matrix operator()(const Matrix& a, const Matrix& b) const;

    // The derivative of k(x, row) by each real or ordered coordinate of x, a row for each row of `rows`; 0
    // for categories.
    Matrix gradient(const Vector& x, const Matrix& rows) const;

private:
    Matrix scaled(const Matrix& rows) const;

    std::vector<ColumnKind> kinds_;
    Hyperparameters parameters_;
};

std::vector<ColumnKind> kinds_of(const std::vector<Column>& columns);

}  // namespace tw::gp
