#include "optimize/prior.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "optimize/normal.hpp"

namespace tw {
namespace {

constexpr double least_log = -30;      // of a density, relative to the uniform one: nothing is impossible
constexpr double least_mass = 1e-200;  // below, what lies between two places cannot be told

// Of more values the density is as good as the mass of a share.
constexpr std::int64_t most_shares = 1'000'000;

std::vector<double> cumulated(const std::vector<double>& weights) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<double> sums{0};
    for (const double weight : weights) sums.push_back(std::min(sums.back() + weight / total, 1.0));
    return sums;
}

}  // namespace

AxisPrior::AxisPrior(Parameter parameter) : parameter_(std::move(parameter)) {
    if (!stated()) return;
    if (parameter_.type == ParameterType::categorical) {
        cumulative_ = cumulated(parameter_.prior->weights);
        return;
    }
    normal_ = normal_prior(parameter_);
    below_ = normal_below(-normal_->mean / normal_->deviation);
    above_ = normal_below((1 - normal_->mean) / normal_->deviation);
}

double AxisPrior::quantile(double u) const {
    if (normal_) {
        const double z = normal_quantile(std::lerp(below_, above_, u));
        return std::clamp(normal_->mean + normal_->deviation * z, 0.0, 1.0);
    }
    if (cumulative_.empty()) return u;
    // The choice whose part of the sum `u` is in; what has no weight has no part.
    const double last = std::nextafter(cumulative_.back(), 0.0);
    const auto above = std::upper_bound(cumulative_.begin(), cumulative_.end(), std::min(u, last));
    const double low = *std::prev(above), part = (std::min(u, last) - low) / (*above - low);
    const auto choice = static_cast<double>(std::prev(above) - cumulative_.begin());
    return (choice + std::clamp(part, 1e-6, 1 - 1e-6)) / static_cast<double>(cumulative_.size() - 1);
}

double AxisPrior::log_mass(const Share& share) const {
    const auto& [mean, deviation] = *normal_;
    const double mass = normal_between((share.low - mean) / deviation, (share.high - mean) / deviation);
    return mass > least_mass ? std::log(mass / (share.high - share.low)) : least_log;
}

double AxisPrior::log_density(double u) const {
    if (!stated()) return 0;
    const std::int64_t count = value_count(parameter_);
    const std::int64_t value = count > 0 ? index_of(parameter_, from_unit(parameter_, u)).value_or(0) : 0;
    if (!normal_) {
        const auto i = static_cast<std::size_t>(value);
        const double share = (cumulative_[i + 1] - cumulative_[i]) * static_cast<double>(count);
        return share > 0 ? std::max(std::log(share), least_log) : least_log;
    }
    const auto& [mean, deviation] = *normal_;
    const double z = (u - mean) / deviation;
    const double log = count > 0 && count <= most_shares
                           ? log_mass(share_at(parameter_, value))
                           : -z * z / 2 - std::log(deviation * std::sqrt(2 * std::numbers::pi));
    return std::max(log - std::log(above_ - below_), least_log);
}

double AxisPrior::slope(double u) const {
    if (!normal_ || value_count(parameter_) > 0 || log_density(u) <= least_log) return 0;
    return (normal_->mean - u) / (normal_->deviation * normal_->deviation);
}

std::vector<AxisPrior> priors_of(const UnitCube& cube) {
    std::vector<AxisPrior> priors;
    for (Parameter& axis : cube.axes()) priors.emplace_back(std::move(axis));
    return priors;
}

Params draw_params(const UnitCube& cube, const std::vector<AxisPrior>& priors, std::vector<double> uniform) {
    for (std::size_t i = 0; i < priors.size(); ++i) uniform[i] = priors[i].quantile(uniform[i]);
    return cube.params(uniform);
}

}  // namespace tw
