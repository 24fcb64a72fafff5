// AC power flow by Newton-Raphson in polar coordinates.
// Method: W. F. Tinney, C. E. Hart, "Power Flow Solution by Newton's Method", IEEE Trans. Power
// Apparatus and Systems PAS-86 (1967). Reactive limits of generators are not enforced.
#pragma once

#include <Eigen/SparseCore>

#include "power_flow/grid.hpp"

namespace power_flow {

// What the buses inject, in per unit: generation less load.
struct Injection {
    VectorXd p, q;
};

struct FlowOptions {
    double tolerance = 1e-8;  // largest mismatch in per unit
    int max_iterations = 20;
};

struct FlowResult {
    Voltage voltage;
    int iterations = 0;
    double mismatch = 0;
    bool converged = false;
};

Injection base_injection(const Grid& grid);

// Set points where they are held, 1 pu elsewhere, all angles that of the slack bus.
Voltage flat_start(const Grid& grid);

// What the buses inject at this voltage.
Injection calculated_injection(const Grid& grid, const Voltage& voltage);

// Specified less calculated: P at the PV and PQ buses, then Q at the PQ buses.
VectorXd mismatch(const Grid& grid, const Injection& specified, const Voltage& voltage);

// Derivatives of the calculated injection, rows as in mismatch(), by the angles of the PV and
// PQ buses, then the magnitudes of the PQ buses.
Eigen::SparseMatrix<double> jacobian(const Grid& grid, const Voltage& voltage);

// Held values of `start` (slack angle, set points) are put right first. Never throws; a start
// that leads nowhere is not converged, and its voltage is the last one reached.
FlowResult solve(const Grid& grid, const Injection& specified, const Voltage& start,
                 const FlowOptions& options = {});

}  // namespace power_flow
