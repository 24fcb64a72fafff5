#include "optimize/importance.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "optimize/grid_density.hpp"

namespace tw {
namespace {

constexpr std::size_t fewest_active = 2, fewest_tested = 10, fewest_in_group = 10, most_groups = 5;
constexpr double trace = 1e-12;  // where a density is none

// Where the trials lie in one parameter; nothing where it is inactive.
struct Column {
    GridAxis axis;
    std::vector<std::optional<std::size_t>> places;  // by trial
};

Column column_of(const Parameter& parameter, const std::vector<Rated>& trials) {
    Column column{GridAxis(parameter), {}};
    for (const Rated& trial : trials) {
        const auto found = trial.params.find(parameter.name);
        column.places.push_back(found == trial.params.end() ? std::nullopt
                                                            : column.axis.place(found->second));
    }
    return column;
}

double count_all(const std::vector<double>& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0.0);
}

double pearson(const std::vector<double>& best, const std::vector<double>& all) {
    double sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        sum += (all[i] + trace) * std::pow((best[i] + trace) / (all[i] + trace) - 1, 2);
    return sum;
}

class Divergence {
public:
    Divergence(const Column& column, std::size_t trials)
        : column_(column), trials_(static_cast<double>(trials)), all_(column.axis.size(), 0) {
        for (const auto& place : column.places)
            if (place) all_[*place] += 1;
        says_ = column.axis.size() > 1 && count_all(all_) >= static_cast<double>(fewest_active);
        if (says_) density_ = density_on(column.axis, all_);
    }

    // Of the trials of these numbers to all.
    double of(const std::vector<std::size_t>& best) const {
        std::vector<double> counts(all_.size(), 0);
        for (const std::size_t i : best)
            if (column_.places[i]) counts[*column_.places[i]] += 1;
        const double active = count_all(counts), size = static_cast<double>(best.size());
        if (!says_ || !(active > 0)) return 0;
        const double regime = std::pow(active / size, 2) / (count_all(all_) / trials_);
        return regime * pearson(density_on(column_.axis, counts), density_) * std::pow(size / trials_, 2);
    }

private:
    const Column& column_;
    double trials_;
    bool says_ = false;
    std::vector<double> all_, density_;
};

// Ranks from 1, ties at their middle; and the correction for ties.
struct Ranks {
    std::vector<double> of;
    double correction = 1;
};

Ranks ranks_of(const std::vector<double>& costs) {
    std::vector<std::size_t> order(costs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return costs[a] < costs[b]; });
    Ranks ranks{std::vector<double>(costs.size()), 1};
    const auto count = static_cast<double>(costs.size());
    for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
        while (end < order.size() && costs[order[end]] == costs[order[first]]) ++end;
        const auto ties = static_cast<double>(end - first);
        for (std::size_t i = first; i < end; ++i)
            ranks.of[order[i]] = static_cast<double>(first) + (ties + 1) / 2;
        ranks.correction -= (ties * ties * ties - ties) / (count * count * count - count);
    }
    return ranks;
}

// A choice is a group; numbers are cut into a few groups of one size, as far as equal ones allow.
std::vector<std::size_t> groups_of(const GridAxis& axis, const std::vector<std::size_t>& places) {
    if (axis.category()) return places;
    const std::size_t wanted = std::clamp(places.size() / fewest_in_group, std::size_t{2}, most_groups);
    std::vector<std::size_t> sorted = places, groups;
    std::sort(sorted.begin(), sorted.end());
    for (const std::size_t place : places) {
        const auto before = std::lower_bound(sorted.begin(), sorted.end(), place) - sorted.begin();
        groups.push_back(static_cast<std::size_t>(before) * wanted / places.size());
    }
    return groups;
}

// Kruskal & Wallis, "Use of ranks in one-criterion variance analysis" (1952), among the trials in which the
// parameter is active.
double chance_of(const Column& column, const std::vector<Rated>& trials) {
    std::vector<double> costs;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (!column.places[i]) continue;
        costs.push_back(trials[i].cost);
        places.push_back(*column.places[i]);
    }
    if (costs.size() < fewest_tested) return 1;
    const Ranks ranks = ranks_of(costs);
    std::map<std::size_t, std::pair<double, double>> groups;  // how many, and the sum of their ranks
    const std::vector<std::size_t> group_of = groups_of(column.axis, places);
    for (std::size_t i = 0; i < costs.size(); ++i) {
        auto& [count, sum] = groups[group_of[i]];
        count += 1;
        sum += ranks.of[i];
    }
    if (groups.size() < 2 || !(ranks.correction > 1e-9)) return 1;
    const auto count = static_cast<double>(costs.size());
    double between = -3 * (count + 1);
    for (const auto& [number, group] : groups)
        between += 12 / (count * (count + 1)) * group.second * group.second / group.first;
    const double statistic = std::max(0.0, between / ranks.correction);
    return boost::math::gamma_q(static_cast<double>(groups.size() - 1) / 2, statistic / 2);
}

void take_shares(std::vector<Importance>& all) {
    double sum = 0;
    for (const Importance& one : all) sum += one.divergence;
    for (Importance& one : all) one.share = sum > 0 ? one.divergence / sum : 0;
}

}  // namespace

std::vector<bool> best_ones(const std::vector<Rated>& trials, double top) {
    if (trials.empty()) return {};
    std::vector<double> costs;
    for (const Rated& trial : trials) costs.push_back(trial.cost);
    const auto last = std::clamp<std::ptrdiff_t>(
        static_cast<std::ptrdiff_t>(std::ceil(top * static_cast<double>(costs.size()))) - 1, 0,
        static_cast<std::ptrdiff_t>(costs.size()) - 1);
    std::nth_element(costs.begin(), costs.begin() + last, costs.end());
    const double worst = costs[static_cast<std::size_t>(last)];
    std::vector<bool> best;
    for (const Rated& trial : trials) best.push_back(trial.cost <= worst);
    return best;
}

std::vector<Importance> importance_of(const Space& space, const std::vector<Rated>& trials, double top) {
    const std::vector<bool> is_best = best_ones(trials, top);
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < trials.size(); ++i)
        if (is_best[i]) best.push_back(i);
    std::vector<Importance> all;
    for (const Parameter& parameter : space.parameters) {
        if (parameter.type == ParameterType::fixed) continue;
        const Column column = column_of(parameter, trials);
        const double divergence =
            best.size() < trials.size() ? Divergence(column, trials.size()).of(best) : 0;
        all.push_back({parameter.name, divergence, 0, chance_of(column, trials)});
    }
    take_shares(all);
    return all;
}

}  // namespace tw
