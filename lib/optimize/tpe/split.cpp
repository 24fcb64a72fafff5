#include "optimize/tpe/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

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

// The distance to the neighbours in each objective, over the front's extent: Deb et al., NSGA-II (2002),
// III.B.
std::vector<double> crowding(const History& history, const std::vector<std::size_t>& front) {
    std::vector<double> distances(front.size(), 0);
    std::vector<std::size_t> order(front.size());
    for (std::size_t j = 0; j < history.objectives().size(); ++j) {
        const auto cost = [&](std::size_t i) { return history.told()[front[i]].costs[j]; };
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return cost(a) < cost(b); });
        const double extent = cost(order.back()) - cost(order.front());
        distances[order.front()] = distances[order.back()] = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i + 1 < order.size() && extent > 0; ++i)
            distances[order[i]] += (cost(order[i + 1]) - cost(order[i - 1])) / extent;
    }
    return distances;
}

std::vector<std::size_t> in_order_of_fronts(const History& history,
                                            const std::vector<std::size_t>& complete) {
    std::vector<Candidate> candidates;
    for (const std::size_t i : complete)
        candidates.push_back({"", static_cast<std::int64_t>(i), history.told()[i].costs});
    const std::vector<Objective> costs(history.objectives().size());
    std::map<std::size_t, std::vector<std::size_t>> fronts;
    for (const Place& place : rank_trials(candidates, costs))
        fronts[place.front].push_back(complete[place.index]);
    std::vector<std::size_t> order;
    for (auto& [number, front] : fronts) {
        const std::vector<double> distances = crowding(history, front);
        std::vector<std::size_t> places(front.size());
        std::iota(places.begin(), places.end(), 0);
        std::stable_sort(places.begin(), places.end(),
                         [&](auto a, auto b) { return distances[a] > distances[b]; });
        for (const std::size_t place : places) order.push_back(front[place]);
    }
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
