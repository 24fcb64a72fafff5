#include "optimize/ranking.hpp"

#include <algorithm>
#include <cmath>

namespace tw {
namespace {

// A candidate with every objective turned so that less is better.
struct Entry {
    std::size_t index;
    std::vector<double> costs;
};

using Front = std::vector<Entry>;

std::vector<Entry> turn(const std::vector<Candidate>& candidates, const std::vector<Objective>& objectives) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Entry entry{i, candidates[i].values};
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

}  // namespace

std::vector<Place> rank_trials(const std::vector<Candidate>& candidates,
                               const std::vector<Objective>& objectives) {
    std::vector<Place> places;
    const std::vector<Front> fronts = sort_into_fronts(turn(candidates, objectives));
    for (std::size_t f = 0; f < fronts.size(); ++f)
        for (const Entry& entry : fronts[f]) places.push_back({entry.index, f});
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

}  // namespace tw
