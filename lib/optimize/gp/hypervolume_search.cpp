#include "optimize/gp/hypervolume_search.hpp"

#include <algorithm>

#include "optimize/gp/fit.hpp"
#include "optimize/gp/gp_sampler.hpp"
#include "optimize/gp/hypervolume.hpp"
#include "optimize/gp/settings.hpp"

namespace tw::gp {
namespace {

constexpr std::int64_t turns = 4;  // one of so many goes to a branch

// Of how trials that are under way end; fewer where a long front makes each dear.
int scenarios_of(Eigen::Index rows) {
    constexpr Eigen::Index many = 100;
    return rows <= many ? 8 : 4;
}

std::vector<Pair> pairs_of(const Matrix& values) {
    std::vector<Pair> pairs;
    for (Eigen::Index i = 0; i < values.rows(); ++i) pairs.push_back({values(i, 0), values(i, 1)});
    return pairs;
}

}  // namespace

HypervolumeSearch::HypervolumeSearch(const History& history, const Feasible& feasible, std::uint64_t seed)
    : history_(history),
      feasible_(feasible),
      columns_(columns_of(history_.cube())),
      snap_(history_.cube(), columns_),
      branches_(history_.cube()),
      limits_(columns_),
      seed_(seed) {
}

Point HypervolumeSearch::choose(std::int64_t k) {
    Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "gp hypervolume");
    const FrontObservations observed = front_observations_of(history_, columns_, everything, most_rows);
    const Both& parameters = hyperparameters();
    const auto kinds = kinds_of(columns_);
    Posterior first(Kernel(kinds, parameters[0]), observed.rows, observed.values.col(0));
    Posterior second(Kernel(kinds, parameters[1]), observed.rows, observed.values.col(1));
    const Matrix pending = features_of(history_.pending(k), columns_);
    const int scenarios = scenarios_of(observed.rows.rows());
    first.imagine(pending, scenarios, stream);
    second.imagine(pending, scenarios, stream);
    const std::vector<Limit> limits = limits_.all(history_, pending, stream);
    SearchSpace space(columns_, snap_);
    if (!branches_.none() && k % turns == turns / 2) branches_.confine(space, stream);
    const Belief belief(history_.cube(), columns_, conviction / static_cast<double>(history_.complete()));
    const Acquisition acquisition(improvement(first, second, observed, space), &belief, limits);
    const Matrix anchors = observed.rows.topRows(std::min(most_anchors, observed.rows.rows()));
    const Vector row = maximise(acquisition, space, anchors, first.rows(), stream);
    return snap_.feasible(row) ? point_of(row, columns_) : feasible_.draw(history_.cube(), stream);
}

// On the front between the bounds of `measured`. Null where no trial is feasible.
std::unique_ptr<const Improvement> HypervolumeSearch::improvement(const Posterior& first,
                                                                  const Posterior& second,
                                                                  const FrontObservations& observed,
                                                                  const SearchSpace& measured) const {
    if (observed.feasible == 0) return nullptr;
    const auto feasible = static_cast<Eigen::Index>(observed.feasible);
    const Pair reference = reference_of(pairs_of(observed.values), observed.feasible);
    const auto rows =
        first.rows_in(measured.low, measured.high, feasible == observed.rows.rows() ? 0 : feasible);
    std::vector<Staircase> fronts;
    for (Eigen::Index j = 0; j < first.means().cols(); ++j) {
        std::vector<Pair> points;
        for (const Eigen::Index i : rows) points.push_back({first.means()(i, j), second.means()(i, j)});
        fronts.emplace_back(std::move(points), reference);
    }
    return hypervolume_improvement(first, second, std::move(fronts));
}

// On what was known when they were due: so they do not depend on when they are asked for.
const HypervolumeSearch::Both& HypervolumeSearch::hyperparameters() {
    const std::size_t due = due_fit(history_.complete());
    if (due == fitted_) return parameters_;
    fitted_ = due;
    const FrontObservations observed = front_observations_of(history_, columns_, due, most_fitted);
    const auto kinds = kinds_of(columns_);
    parameters_ = {fit(observed.rows, kinds, observed.values.col(0)),
                   fit(observed.rows, kinds, observed.values.col(1))};
    return parameters_;
}

}  // namespace tw::gp
