// What a Gaussian process believes after its observations, with what is pending imagined. Private to
// lib/optimize.
#pragma once

#include "optimize/gp/kernel.hpp"
#include "optimize/stream.hpp"

namespace tw::gp {

// One distribution per scenario: they share the variances and differ in the means.
struct Prediction {
    Matrix means;  // a row per row asked for, a column per scenario
    Vector variances;
};

class Posterior {
public:
    Posterior(Kernel kernel, Matrix rows, const Vector& values);

    // Several scenarios of how `pending` rows may end, drawn jointly from the belief, each added to the
    // observations: Snoek, Larochelle, Adams, "Practical Bayesian Optimization of Machine Learning
    // Algorithms" (2012), 3.2.
    void imagine(const Matrix& pending, int scenarios, Stream& stream);

    Prediction at(const Matrix& rows) const;

    // At one row, with the derivatives by its coordinates.
    struct Local {
        Vector means;   // by scenario
        Matrix slopes;  // coordinates x scenarios
        double variance = 0;
        Vector variance_slope;
    };
    Local around(const Vector& x) const;

    // The rows that it knows between `low` and `high`; all where none is there. The observed rows from
    // `counted` on, and what is pending then, are left out of both; 0: none is.
    std::vector<Eigen::Index> rows_in(const Vector& low, const Vector& high, Eigen::Index counted = 0) const;

    // The least mean of each scenario at these.
    Vector least(const Vector& low, const Vector& high, Eigen::Index counted = 0) const;
    const Matrix& means() const { return means_; }      // at the rows, by scenario
    const Matrix& rows() const { return rows_; }        // observed, then pending
    Eigen::Index best_row(Eigen::Index counted) const;  // of the first ones, by its mean
    const Kernel& kernel() const { return kernel_; }

private:
    void condition(const Matrix& values);

    Kernel kernel_;
    Matrix rows_;
    Matrix values_;  // a column per scenario
    Eigen::LLT<Matrix> factor_;
    Matrix alpha_;
    Eigen::RowVectorXd mean_;  // of each scenario, far from all rows
    Matrix means_;             // at the rows, by scenario
};

}  // namespace tw::gp
