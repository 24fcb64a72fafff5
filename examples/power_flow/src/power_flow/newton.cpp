#include "power_flow/newton.hpp"

#include <Eigen/SparseLU>
#include <cmath>

namespace power_flow {
namespace {

// Where each bus's unknowns stand in the linear system; -1 where the value is held.
struct Unknowns {
    std::vector<int> angle, magnitude;
    int count = 0;

    explicit Unknowns(const Grid& grid) : angle(grid.size(), -1), magnitude(grid.size(), -1) {
        for (const int i : grid.pv) angle[i] = count++;
        for (const int i : grid.pq) angle[i] = count++;
        for (const int i : grid.pq) magnitude[i] = count++;
    }
};

struct Derivatives {
    double p_angle, p_magnitude, q_angle, q_magnitude;
};

Derivatives off_diagonal(Complex y, double vi, double vk, double angle) {
    const double cosine = std::cos(angle), sine = std::sin(angle);
    const double along = y.real() * cosine + y.imag() * sine;
    const double across = y.real() * sine - y.imag() * cosine;
    return {vi * vk * across, vi * along, -vi * vk * along, vi * across};
}

Derivatives diagonal(Complex y, double v, double p, double q) {
    return {-q - y.imag() * v * v, p / v + y.real() * v, p - y.real() * v * v, q / v - y.imag() * v};
}

Voltage with_held_values(const Grid& grid, Voltage voltage) {
    voltage.angle[grid.slack] = grid.slack_angle;
    voltage.magnitude[grid.slack] = grid.set_point[grid.slack];
    for (const int i : grid.pv) voltage.magnitude[i] = grid.set_point[i];
    return voltage;
}

void update(const Unknowns& unknowns, const VectorXd& step, Voltage& voltage) {
    for (Eigen::Index i = 0; i < voltage.angle.size(); ++i) {
        if (unknowns.angle[i] >= 0) voltage.angle[i] += step[unknowns.angle[i]];
        if (unknowns.magnitude[i] >= 0) voltage.magnitude[i] += step[unknowns.magnitude[i]];
    }
}

double largest(const VectorXd& values) {
    return values.size() == 0 ? 0.0 : values.cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
}

}  // namespace

Injection base_injection(const Grid& grid) {
    return {grid.generation_p - grid.load_p, -grid.load_q};
}

Voltage flat_start(const Grid& grid) {
    return {grid.set_point, VectorXd::Constant(grid.size(), grid.slack_angle)};
}

Injection calculated_injection(const Grid& grid, const Voltage& voltage) {
    const Eigen::VectorXcd v = voltage.phasors();
    const Eigen::VectorXcd power = v.cwiseProduct((grid.admittance * v).conjugate());
    return {power.real(), power.imag()};
}

VectorXd mismatch(const Grid& grid, const Injection& specified, const Voltage& voltage) {
    const Unknowns unknowns(grid);
    const Injection calculated = calculated_injection(grid, voltage);
    VectorXd result(unknowns.count);
    for (int i = 0; i < grid.size(); ++i) {
        if (unknowns.angle[i] >= 0) result[unknowns.angle[i]] = specified.p[i] - calculated.p[i];
        if (unknowns.magnitude[i] >= 0) result[unknowns.magnitude[i]] = specified.q[i] - calculated.q[i];
    }
    return result;
}

Eigen::SparseMatrix<double> jacobian(const Grid& grid, const Voltage& voltage) {
    using Entries = Eigen::SparseMatrix<Complex, Eigen::RowMajor>::InnerIterator;
    const Unknowns unknowns(grid);
    const Injection at = calculated_injection(grid, voltage);
    std::vector<Eigen::Triplet<double>> entries;
    entries.reserve(4 * grid.admittance.nonZeros());
    const auto add = [&](int row, int column, double value) {
        if (row >= 0 && column >= 0) entries.emplace_back(row, column, value);
    };
    for (int i = 0; i < grid.size(); ++i) {
        for (Entries entry(grid.admittance, i); entry; ++entry) {
            const int k = static_cast<int>(entry.col());
            const Derivatives d =
                i == k ? diagonal(entry.value(), voltage.magnitude[i], at.p[i], at.q[i])
                       : off_diagonal(entry.value(), voltage.magnitude[i], voltage.magnitude[k],
                                      voltage.angle[i] - voltage.angle[k]);
            add(unknowns.angle[i], unknowns.angle[k], d.p_angle);
            add(unknowns.angle[i], unknowns.magnitude[k], d.p_magnitude);
            add(unknowns.magnitude[i], unknowns.angle[k], d.q_angle);
            add(unknowns.magnitude[i], unknowns.magnitude[k], d.q_magnitude);
        }
    }
    Eigen::SparseMatrix<double> result(unknowns.count, unknowns.count);
    result.setFromTriplets(entries.begin(), entries.end());
    return result;
}

FlowResult solve(const Grid& grid, const Injection& specified, const Voltage& start,
                 const FlowOptions& options) {
    const Unknowns unknowns(grid);
    FlowResult result{with_held_values(grid, start), 0, 0, false};
    Eigen::SparseLU<Eigen::SparseMatrix<double>> solver;
    for (;;) {
        const VectorXd gap = mismatch(grid, specified, result.voltage);
        result.mismatch = largest(gap);
        result.converged = result.mismatch <= options.tolerance;
        if (result.converged || !std::isfinite(result.mismatch)) return result;
        if (result.iterations == options.max_iterations) return result;
        const Eigen::SparseMatrix<double> derivatives = jacobian(grid, result.voltage);
        if (result.iterations == 0) solver.analyzePattern(derivatives);
        solver.factorize(derivatives);
        if (solver.info() != Eigen::Success) return result;
        update(unknowns, solver.solve(gap), result.voltage);
        ++result.iterations;
    }
}

}  // namespace power_flow
