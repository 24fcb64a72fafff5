#include "optimize/cmaes/progress.hpp"

#include <algorithm>
#include <cmath>

namespace tw::cmaes {
namespace {

constexpr double same = 1e-8;  // relative difference of costs that nobody cares about

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Not better over the last 30 % than over the first 30 % of what is looked at.
bool no_better(const std::vector<double>& costs, std::size_t looked_at) {
    const std::size_t part = looked_at * 3 / 10;
    const auto first = costs.end() - static_cast<std::ptrdiff_t>(looked_at);
    const auto count = static_cast<std::ptrdiff_t>(part);
    return median({costs.end() - count, costs.end()}) >= median({first, first + count});
}

}  // namespace

Progress::Progress(int dimension, int lambda)
    : window_(static_cast<std::size_t>(10 + std::ceil(30.0 * dimension / lambda))) {
}

void Progress::add(const std::vector<double>& costs) {
    all_failed_ = !std::isfinite(costs.front());
    best_.push_back(costs.front());
    median_.push_back(costs[costs.size() / 2]);
    spread_ = median_.back() - costs.front();
}

bool Progress::ended() const {
    return all_failed_ || flat() || stagnant();
}

bool Progress::flat() const {
    if (best_.size() < window_) return false;
    const auto [low, high] =
        std::minmax_element(best_.end() - static_cast<std::ptrdiff_t>(window_), best_.end());
    const double limit = same * std::max(std::abs(*low), std::abs(*high));
    return *high - *low <= limit && spread_ <= limit;
}

bool Progress::stagnant() const {
    const std::size_t looked_at = std::max<std::size_t>(110 + window_ * 2, best_.size() / 5);
    return best_.size() >= looked_at && no_better(best_, looked_at) && no_better(median_, looked_at);
}

}  // namespace tw::cmaes
