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
        const double x = history.told()[a].costs[0], y = history.told()[b].costs[0];
        return x != y ? x < y : a < b;
    };
    const auto end = complete.begin() + static_cast<std::ptrdiff_t>(std::min(complete.size(), count + 1));
    std::partial_sort(complete.begin(), end, complete.end(), better);
}

void weigh(const History& history, const std::vector<std::size_t>& complete, Split& split) {
    const std::size_t count = split.good.size();
    const double next = history.told()[complete[std::min(count, complete.size() - 1)]].costs[0];
    double total = 0;
    for (const std::size_t i : split.good) {
        const double gain = std::max(next - history.told()[i].costs[0], 0.0);
        split.weights.push_back(gain);
        total += gain;
    }
    for (double& weight : split.weights)
        weight = total > 0 && std::isfinite(total) ? weight * static_cast<double>(count) / total : 1.0;
}

std::vector<std::size_t> in_order_of_fronts(const History& history,
                                            const std::vector<std::size_t>& complete) {
    std::vector<std::vector<double>> costs;
    for (const std::size_t i : complete) costs.push_back(history.told()[i].costs);
    std::vector<std::size_t> order;
    for (const std::size_t place : order_by_crowding(costs)) order.push_back(complete[place]);
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
