#include "optimize/prune/asha.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "optimize/prune/pruners.hpp"
#include "optimize/prune/rungs.hpp"

namespace tw {

namespace {

std::size_t promoted(std::size_t recorded, double eta) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(recorded) / eta + 1e-9));
}

}  // namespace

Asha::Asha(const PrunerSpec& spec, std::vector<std::int64_t> rungs)
    : spec_(spec), rungs_(std::move(rungs)), recorded_(rungs_.size()) {
}

bool Asha::record(std::size_t rung, double cost) {
    auto& costs = recorded_[rung];
    costs.insert(std::upper_bound(costs.begin(), costs.end(), cost), cost);
    return cost <= costs[promoted(costs.size(), spec_.eta) - 1];
}

// All rungs that this report reaches count, and the first one that it fails at is named.
void Asha::report(const std::string& trial, std::int64_t step, double value) {
    Lane& lane = lanes_[trial];
    const double cost = spec_.direction == Direction::minimize ? value : -value;
    bool fresh = true;
    while (lane.costs.size() < rungs_.size() && rungs_[lane.costs.size()] <= step) {
        const std::size_t rung = lane.costs.size();
        lane.costs.push_back(cost);
        if (std::exchange(fresh, false)) lane.judgement = {};
        const bool good = !std::isnan(cost) && record(rung, cost);
        if (good || lane.judgement.stop) continue;
        const std::size_t n = recorded_[rung].size();
        lane.judgement = {true, describe_value(spec_, value, step)};
        if (!std::isnan(cost))
            lane.judgement.why += fmt::format(" is not among the best {} of {}", promoted(n, spec_.eta), n);
    }
}

Judgement Asha::judge(const std::string& trial) const {
    const auto lane = lanes_.find(trial);
    return lane == lanes_.end() ? Judgement{} : lane->second.judgement;
}

void Asha::forget(const std::string& trial) {
    const auto lane = lanes_.find(trial);
    if (lane == lanes_.end()) return;
    for (std::size_t rung = 0; rung < lane->second.costs.size(); ++rung) {
        const double cost = lane->second.costs[rung];
        auto& costs = recorded_[rung];
        if (!std::isnan(cost)) costs.erase(std::lower_bound(costs.begin(), costs.end(), cost));
    }
    lanes_.erase(lane);
}

std::unique_ptr<Pruner> make_asha(const PrunerSpec& spec) {
    return std::make_unique<Asha>(spec, rung_steps(spec));
}

}  // namespace tw
