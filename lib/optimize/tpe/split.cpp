#include "optimize/tpe/split.hpp"

#include <algorithm>
#include <cmath>

#include "optimize/ranking.hpp"

namespace tw::tpe {
namespace {

std::size_t good_count(std::size_t complete) {
    const auto n = static_cast<double>(complete);
    return static_cast<std::size_t>(std::ceil(std::min(0.15 * n, 2.2 * std::sqrt(n))));
}

// The `count` best come first, in order.
void sort_best(const History& history, std::vector<std::size_t>& complete, std::size_t count) {
    const auto better = [&](std::size_t a, std::size_t b) {
        const Told &x = history.told()[a], &y = history.told()[b];
        if (x.violation != y.violation) return x.violation < y.violation;
        return x.costs[0] != y.costs[0] ? x.costs[0] < y.costs[0] : a < b;
    };
    const auto end = complete.begin() + static_cast<std::ptrdiff_t>(std::min(complete.size(), count + 1));
    std::partial_sort(complete.begin(), end, complete.end(), better);
}

// Of those that violate constraints a gain is what they violate less; against one that does, feasible ones
// are measured by the worst of them.
void weigh(const History& history, const std::vector<std::size_t>& complete, Split& split) {
    const std::size_t count = split.good.size();
    const Told& last = history.told()[split.good.back()];
    const Told& first_bad = history.told()[complete[std::min(count, complete.size() - 1)]];
    const bool violated = last.violation > 0;
    const Told& next = !violated && first_bad.violation > 0 ? last : first_bad;
    double total = 0;
    for (const std::size_t i : split.good) {
        const Told& told = history.told()[i];
        const double gain = violated ? next.violation - told.violation : next.costs[0] - told.costs[0];
        split.weights.push_back(std::max(gain, 0.0));
        total += split.weights.back();
    }
    for (double& weight : split.weights)
        weight = total > 0 && std::isfinite(total) ? weight * static_cast<double>(count) / total : 1.0;
}

std::vector<std::size_t> in_order_of_fronts(const History& history,
                                            const std::vector<std::size_t>& complete) {
    std::vector<std::vector<double>> costs;
    std::vector<double> violations;
    for (const std::size_t i : complete) {
        costs.push_back(history.told()[i].costs);
        violations.push_back(history.told()[i].violation);
    }
    std::vector<std::size_t> order;
    for (const std::size_t place : order_by_crowding(costs, violations)) order.push_back(complete[place]);
    return order;
}

}  // namespace

Split split(const History& history) {
    std::vector<std::size_t> complete;
    Split split;
    for (std::size_t i = 0; i < history.told().size(); ++i) {
        const Told& told = history.told()[i];
        if (!told.replaced) (told.costs.empty() ? split.bad : complete).push_back(i);
    }
    const std::size_t count = good_count(complete.size());
    if (history.objectives().size() > 1)
        complete = in_order_of_fronts(history, complete);
    else
        sort_best(history, complete, count);
    split.good.assign(complete.begin(), complete.begin() + static_cast<std::ptrdiff_t>(count));
    split.bad.insert(split.bad.end(), complete.begin() + static_cast<std::ptrdiff_t>(count), complete.end());
    if (history.objectives().size() > 1)
        split.weights.assign(count, 1.0);
    else if (count > 0)
        weigh(history, complete, split);
    return split;
}

}  // namespace tw::tpe
