#include "optimize/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace tw {
namespace {

// A candidate with every objective turned so that less is better.
struct Entry {
    std::size_t index;
    std::vector<double> costs;
    double violation = 0;
};

using Front = std::vector<Entry>;

std::vector<Entry> turn(const std::vector<Candidate>& candidates, const std::vector<Objective>& objectives) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Entry entry{i, candidates[i].values, candidates[i].violation};
        if (entry.costs.size() != objectives.size()) continue;
        for (std::size_t j = 0; j < objectives.size(); ++j)
            if (objectives[j].direction == Direction::maximize) entry.costs[j] = -entry.costs[j];
        if (std::all_of(entry.costs.begin(), entry.costs.end(), [](double c) { return std::isfinite(c); }))
            entries.push_back(std::move(entry));
    }
    return entries;
}

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
    bool better = false;
    for (std::size_t j = 0; j < a.size(); ++j) {
        if (a[j] > b[j]) return false;
        better = better || a[j] < b[j];
    }
    return better;
}

// Whatever dominates a late entry is likely to be late itself.
bool dominated_in(const Front& front, const Entry& entry) {
    return std::any_of(front.rbegin(), front.rend(),
                       [&](const Entry& other) { return dominates(other.costs, entry.costs); });
}

std::size_t find_home(const std::vector<Front>& fronts, const Entry& entry) {
    const auto home = std::partition_point(fronts.begin(), fronts.end(),
                                           [&](const Front& front) { return dominated_in(front, entry); });
    return static_cast<std::size_t>(home - fronts.begin());
}

// Efficient non-dominated sort with binary search: Zhang, Tian, Cheng, Jin, IEEE Trans. Evol. Comput. 19
// (2015). In lexicographic order no entry dominates an earlier one, and an entry that some member of a
// front dominates is dominated in every front before it.
std::vector<Front> sort_into_fronts(std::vector<Entry> entries) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.costs < b.costs; });
    std::vector<Front> fronts;
    std::size_t home = 0;
    for (Entry& entry : entries) {
        const bool as_before = !fronts.empty() && fronts[home].back().costs == entry.costs;
        if (!as_before) home = find_home(fronts, entry);
        if (home == fronts.size()) fronts.emplace_back();
        fronts[home].push_back(std::move(entry));
    }
    return fronts;
}

// The highest first. What was trained for different budgets is not compared.
std::map<double, std::vector<Entry>, std::greater<>> by_budget(const std::vector<Candidate>& candidates,
                                                               std::vector<Entry> entries) {
    double highest = -std::numeric_limits<double>::infinity();
    for (const Entry& entry : entries)
        highest = std::max(highest, candidates[entry.index].budget.value_or(highest));
    std::map<double, std::vector<Entry>, std::greater<>> groups;
    for (Entry& entry : entries)
        groups[candidates[entry.index].budget.value_or(highest)].push_back(std::move(entry));
    return groups;
}

// Feasible ones by front, then by violation; each front of these is a set of ties.
std::vector<Front> sort_constrained(std::vector<Entry> entries) {
    const auto beyond = std::stable_partition(entries.begin(), entries.end(),
                                              [](const Entry& entry) { return entry.violation == 0; });
    std::vector<Entry> infeasible(std::make_move_iterator(beyond), std::make_move_iterator(entries.end()));
    entries.erase(beyond, entries.end());
    std::vector<Front> fronts = sort_into_fronts(std::move(entries));
    std::stable_sort(infeasible.begin(), infeasible.end(),
                     [](const Entry& a, const Entry& b) { return a.violation < b.violation; });
    double last = 0;
    for (Entry& entry : infeasible) {
        if (entry.violation > last) fronts.emplace_back();
        last = entry.violation;
        fronts.back().push_back(std::move(entry));
    }
    return fronts;
}

// How far the neighbours of each are in one objective, over the front's extent.
void add_distance(const std::vector<std::vector<double>>& costs, const std::vector<std::size_t>& front,
                  std::size_t objective, std::vector<double>& distance) {
    const auto cost = [&](std::size_t i) { return costs[i][objective]; };
    std::vector<std::size_t> order = front;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cost(a) < cost(b); });
    const double span = cost(order.back()) - cost(order.front());
    if (!(span > 0) || !std::isfinite(span)) return;
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
        distance[order[i]] += (cost(order[i + 1]) - cost(order[i - 1])) / span;
}

}  // namespace

std::vector<Place> rank_trials(const std::vector<Candidate>& candidates,
                               const std::vector<Objective>& objectives) {
    std::vector<Place> places;
    std::size_t number = 0;
    for (auto& [budget, entries] : by_budget(candidates, turn(candidates, objectives)))
        for (const Front& front : sort_constrained(std::move(entries))) {
            for (const Entry& entry : front) places.push_back({entry.index, number});
            ++number;
        }
    std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
        if (a.front != b.front) return a.front < b.front;
        const Candidate &x = candidates[a.index], &y = candidates[b.index];
        return x.seq != y.seq ? x.seq < y.seq : a.index < b.index;
    });
    return places;
}

std::vector<std::size_t> best_trials(const std::vector<Candidate>& candidates,
                                     const std::vector<Objective>& objectives) {
    std::vector<std::size_t> best;
    for (const Place& place : rank_trials(candidates, objectives))
        if (place.front == 0) best.push_back(place.index);
    return best;
}

std::vector<std::size_t> order_by_crowding(const std::vector<std::vector<double>>& costs,
                                           const std::vector<double>& violations) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < costs.size(); ++i)
        candidates.push_back({"", 0, costs[i], violations.empty() ? 0 : violations[i], {}});
    std::vector<std::vector<std::size_t>> fronts;
    for (const Place& place : rank_trials(candidates, std::vector<Objective>(costs.front().size()))) {
        fronts.resize(place.front + 1);
        fronts[place.front].push_back(place.index);
    }
    std::vector<std::size_t> order;
    for (const auto& front : fronts) {
        std::vector<double> distance(costs.size(), 0);
        for (std::size_t j = 0; j < costs.front().size(); ++j) add_distance(costs, front, j, distance);
        const std::size_t begin = order.size();
        order.insert(order.end(), front.begin(), front.end());
        std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(begin), order.end(),
                         [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
    }
    return order;
}

}  // namespace tw
