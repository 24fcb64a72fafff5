#include "optimize/gp/regret.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "optimize/gp/fit.hpp"
#include "optimize/gp/observations.hpp"
#include "optimize/gp/search.hpp"
#include "optimize/gp/warp.hpp"

namespace tw::gp {
namespace {

constexpr std::size_t most_rows = 150;
constexpr int rounds = 4;
constexpr Eigen::Index most_anchors = 10;

// Srinivas et al., "Information-theoretic regret bounds for Gaussian process optimization in the bandit
// setting" (2012), theorem 1, with their delta, divided by 5 as there in section 6 and by Makarova et al.
double confidence(std::size_t dimension, std::size_t trials) {
    const auto d = static_cast<double>(dimension), n = static_cast<double>(trials);
    constexpr double delta = 0.1;
    return std::sqrt(2 * std::log(d * n * n * std::numbers::pi * std::numbers::pi / (6 * delta)) / 5);
}

}  // namespace

std::optional<double> regret_bound(const History& history) {
    const std::vector<Column> columns = columns_of(history.cube());
    if (columns.empty() || history.complete() == 0) return std::nullopt;
    const Observations observed = scaled_observations_of(history, columns, most_rows);
    if (observed.feasible == 0) return std::nullopt;
    if (!(observed.unit > 0)) return 0.0;  // all the same
    const auto kinds = kinds_of(columns);
    const Posterior posterior(Kernel(kinds, fit(observed.rows, kinds, observed.values)), observed.rows,
                              observed.values);
    const double width = confidence(columns.size(), history.complete());
    const auto least = [&](const Matrix& rows, double side) {
        const Prediction belief = posterior.at(rows);
        return (belief.means.col(0) + side * width * belief.variances.cwiseSqrt()).minCoeff();
    };
    const Snap snap(history.cube(), columns);
    const SearchSpace space(columns, snap);
    const Matrix anchors = observed.rows.topRows(std::min(most_anchors, observed.rows.rows()));
    Stream stream = make_stream(0, history.complete(), "regret");
    double possible = least(observed.rows, -1);
    for (int i = 0; i < rounds; ++i)
        if (const Matrix rows = candidates(space, anchors, stream); rows.rows() > 0)
            possible = std::min(possible, least(rows, -1));
    const auto feasible = static_cast<Eigen::Index>(observed.feasible);
    return std::max(0.0, least(observed.rows.topRows(feasible), 1) - possible) * observed.unit;
}

}  // namespace tw::gp
