// A case made ready for calculation: per unit, radians, buses numbered from 0.
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <complex>
#include <vector>

#include "power_flow/case_file.hpp"

namespace power_flow {

using Complex = std::complex<double>;
using Eigen::VectorXd;

// The admittances of one branch: [current at from; at to] = [ff ft; tf tt] [voltage from; to].
struct TwoPort {
    int from = 0, to = 0;
    Complex ff, ft, tf, tt;
};

struct Grid {
    double base_mva = 100;
    std::vector<int> bus_numbers;  // as the case file calls them
    int slack = 0;
    std::vector<int> pv, pq;
    Eigen::SparseMatrix<Complex, Eigen::RowMajor> admittance;  // every diagonal entry is stored
    std::vector<TwoPort> branches;
    VectorXd load_p, load_q, generation_p;
    VectorXd set_point;  // voltage magnitude held at slack and PV buses, 1 elsewhere
    double slack_angle = 0;

    int size() const { return static_cast<int>(bus_numbers.size()); }
};

// Isolated buses and what hangs on them are left out; a PV bus without a running generator
// becomes PQ, as in MATPOWER's bustypes.
Grid make_grid(const Case& source);

struct Voltage {
    VectorXd magnitude, angle;

    Eigen::VectorXcd phasors() const;
};

// Sum of what all branches take up, in per unit.
double losses(const Grid& grid, const Voltage& voltage);

}  // namespace power_flow
