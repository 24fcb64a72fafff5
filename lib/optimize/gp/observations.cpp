#include "optimize/gp/observations.hpp"

#include <algorithm>
#include <numeric>

#include "optimize/gp/warp.hpp"
#include "optimize/ranking.hpp"

namespace tw::gp {
namespace {

std::vector<const Told*> complete_of(const History& history, std::size_t known) {
    std::vector<const Told*> complete;
    for (const Told& told : history.told())
        if (!told.replaced && !told.costs.empty() && complete.size() < known) complete.push_back(&told);
    return complete;
}

bool better(const Told& a, const Told& b) {
    return a.violation != b.violation ? a.violation < b.violation : a.costs[0] < b.costs[0];
}

void thin(std::vector<std::size_t>& order, std::size_t most) {
    if (order.size() <= most) return;
    const std::size_t best = most / 2, rest = most - best, others = order.size() - best;
    for (std::size_t i = 0; i < rest; ++i) order[best + i] = order[best + i * others / rest];
    order.resize(most);
}

Eigen::Index index(std::size_t i) {
    return static_cast<Eigen::Index>(i);
}

Vector costs_of(const std::vector<const Told*>& complete, std::size_t objective = 0) {
    Vector costs(index(complete.size()));
    for (std::size_t i = 0; i < complete.size(); ++i) costs(index(i)) = complete[i]->costs[objective];
    return costs;
}

// Feasible ones by front, of a front the loneliest first; then by violation.
std::vector<std::size_t> front_first(const std::vector<const Told*>& complete) {
    std::vector<std::vector<double>> costs;
    std::vector<double> violations;
    for (const Told* told : complete) {
        costs.push_back(told->costs);
        violations.push_back(told->violation);
    }
    return order_by_crowding(costs, violations);
}

Observations choose(const std::vector<const Told*>& complete, const Vector& values,
                    const std::vector<Column>& columns, std::size_t most) {
    std::vector<std::size_t> order(complete.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return better(*complete[a], *complete[b]); });
    thin(order, most);
    Observations chosen{Matrix(index(order.size()), index(columns.size())), Vector(index(order.size())), 0,
                        0};
    for (std::size_t i = 0; i < order.size(); ++i) {
        chosen.rows.row(index(i)) = features_of(complete[order[i]]->point, columns).transpose();
        chosen.values(index(i)) = values(index(order[i]));
        if (complete[order[i]]->violation == 0) chosen.feasible = i + 1;
    }
    return chosen;
}

}  // namespace

std::vector<const Told*> best_first(std::vector<const Told*> complete) {
    std::stable_sort(complete.begin(), complete.end(), [](auto* a, auto* b) { return better(*a, *b); });
    return complete;
}

Observations observations_of(const History& history, const std::vector<Column>& columns, std::size_t known,
                             std::size_t most, bool ranked) {
    const auto complete = complete_of(history, known);
    const Vector costs = costs_of(complete);
    return choose(complete, warped(costs, ranked), columns, most);
}

Observations scaled_observations_of(const History& history, const std::vector<Column>& columns,
                                    std::size_t most) {
    const auto complete = complete_of(history, history.complete());
    const Vector costs = costs_of(complete);
    const Scaled values = scaled(costs);
    Observations chosen = choose(complete, values.values, columns, most);
    chosen.unit = values.unit;
    return chosen;
}

FrontObservations front_observations_of(const History& history, const std::vector<Column>& columns,
                                        std::size_t known, std::size_t most) {
    const auto complete = complete_of(history, known);
    std::vector<std::size_t> order = front_first(complete);
    thin(order, most);
    const std::size_t objectives = history.objectives().size();
    FrontObservations chosen{Matrix(index(order.size()), index(columns.size())),
                             Matrix(index(order.size()), index(objectives)), 0};
    for (std::size_t j = 0; j < objectives; ++j)
        chosen.values.col(index(j)) = standardised(without_outliers(costs_of(complete, j)))(order);
    for (std::size_t i = 0; i < order.size(); ++i) {
        chosen.rows.row(index(i)) = features_of(complete[order[i]]->point, columns).transpose();
        if (complete[order[i]]->violation == 0) chosen.feasible = i + 1;
    }
    return chosen;
}

}  // namespace tw::gp
