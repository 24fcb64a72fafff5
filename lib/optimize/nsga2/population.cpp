#include "optimize/nsga2/population.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "optimize/ranking.hpp"

namespace tw::nsga2 {
namespace {

// Front by front, each in the order of `members`.
std::vector<std::vector<Told>> fronts_of(const std::vector<Told>& members) {
    std::vector<Candidate> candidates;
    for (const Told& told : members) candidates.push_back({told.trial, 0, told.costs});
    std::vector<std::vector<Told>> fronts;
    for (const Place& place : rank_trials(candidates, std::vector<Objective>(members.front().costs.size()))) {
        fronts.resize(place.front + 1);
        fronts[place.front].push_back(members[place.index]);
    }
    return fronts;
}

void add_distance(const std::vector<Told>& front, std::size_t objective, std::vector<double>& distance) {
    const auto cost = [&](std::size_t i) { return front[i].costs[objective]; };
    std::vector<std::size_t> order(front.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return cost(a) < cost(b); });
    const double span = cost(order.back()) - cost(order.front());
    if (!(span > 0) || !std::isfinite(span)) return;
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < order.size(); ++i)
        distance[order[i]] += (cost(order[i + 1]) - cost(order[i - 1])) / span;
}

// How alone each stands on its front; the ends of an objective most of all.
std::vector<double> crowding_distances(const std::vector<Told>& front) {
    std::vector<double> distance(front.size(), 0);
    for (std::size_t j = 0; j < front.front().costs.size(); ++j) add_distance(front, j, distance);
    return distance;
}

}  // namespace

void Population::add(const Told& told) {
    members_.insert(members_.begin(), told);  // of equals the newest stays, so that a plateau is crossed
    arrange();
    if (members_.size() > most_) members_.pop_back();
}

void Population::remove(const std::string& trial) {
    std::erase_if(members_, [&](const Told& told) { return told.trial == trial; });
}

void Population::arrange() {
    std::vector<Told> arranged;
    for (const std::vector<Told>& front : fronts_of(members_)) {
        const std::vector<double> distance = crowding_distances(front);
        std::vector<std::size_t> order(front.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
        for (const std::size_t i : order) arranged.push_back(front[i]);
    }
    members_ = std::move(arranged);
}

}  // namespace tw::nsga2
