#include "optimize/gp/hypervolume.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "optimize/normal.hpp"

namespace tw::gp {
namespace {

// E max(0, bound - y) of a normal y, and its derivatives by the mean and by the deviation.
struct Below {
    double value, by_mean, by_deviation;
};

Below below(double bound, double mean, double deviation) {
    constexpr double surely = 9, never = -39;  // to the last digit
    const double z = (bound - mean) / deviation;
    if (z > surely) return {bound - mean, -1, 0};
    if (z < never) return {0, 0, 0};
    const double under = normal_below(z), at = normal_density(z);
    return {deviation * (at + z * under), -under, at};
}

// The same in logarithms.
Below log_below(double bound, double mean, double deviation) {
    const double z = (bound - mean) / deviation;
    const LogImprovement improvement = log_improvement(z);
    return {std::log(deviation) + improvement.value, -improvement.slope / deviation,
            (1 - z * improvement.slope) / deviation};
}

// Its difference between two bounds: the integral of the probability to be below. Where that hardly changes
// the logarithms would not differ in enough digits.
Below log_between(double low, double high, double mean, double deviation) {
    constexpr double near = 0.02, certain = 8;
    const double gap = (high - low) / deviation, z = (std::midpoint(low, high) - mean) / deviation;
    if (gap * std::max(1.0, std::abs(z)) < near || z - gap > certain) {
        const LogNormal under = log_normal(z);
        return {std::log(high - low) + under.value, -under.slope / deviation, -z * under.slope / deviation};
    }
    const Below more = log_below(high, mean, deviation), less = log_below(low, mean, deviation);
    const double share = std::exp(less.value - more.value), rest = 1 - share;
    return {more.value + std::log1p(-share), (more.by_mean - share * less.by_mean) / rest,
            (more.by_deviation - share * less.by_deviation) / rest};
}

// Least that is computed without logarithms.
constexpr double least_plain = 1e-200;

}  // namespace

Staircase::Staircase(std::vector<Pair> points, const Pair& reference) {
    std::erase_if(points, [&](const Pair& p) { return p[0] >= reference[0] || p[1] >= reference[1]; });
    heights_.push_back(reference[1]);
    for (const Pair& point : front_of(std::move(points))) {
        edges_.push_back(point[0]);
        heights_.push_back(point[1]);
    }
    edges_.push_back(reference[0]);
}

Staircase::Expected Staircase::expected(const Normals& normals) const {
    const auto& [means, deviations] = normals;
    double sum = 0;
    Expected result;
    Below before{};
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        const Below edge = below(edges_[i], means[0], deviations[0]);
        if (!(edge.value > 0)) continue;
        const Below height = below(heights_[i], means[1], deviations[1]);
        if (!(height.value > 0)) break;
        const double width = edge.value - before.value;
        sum += width * height.value;
        result.by_mean[0] += (edge.by_mean - before.by_mean) * height.value;
        result.by_deviation[0] += (edge.by_deviation - before.by_deviation) * height.value;
        result.by_mean[1] += width * height.by_mean;
        result.by_deviation[1] += width * height.by_deviation;
        before = edge;
    }
    if (!(sum > least_plain) || !std::isfinite(sum)) return expected_of_logs(normals);
    result.log = std::log(sum);
    for (Pair* slopes : {&result.by_mean, &result.by_deviation})
        for (double& slope : *slopes) slope /= sum;
    return result;
}

Staircase::Expected Staircase::expected_of_logs(const Normals& normals) const {
    const auto& [means, deviations] = normals;
    std::vector<std::pair<Below, Below>> strips;
    for (std::size_t i = 0; i < edges_.size(); ++i)
        strips.emplace_back(i == 0 ? log_below(edges_[0], means[0], deviations[0])
                                   : log_between(edges_[i - 1], edges_[i], means[0], deviations[0]),
                            log_below(heights_[i], means[1], deviations[1]));
    double most = -std::numeric_limits<double>::infinity(), sum = 0;
    for (const auto& [width, height] : strips) most = std::max(most, width.value + height.value);
    Expected result;
    for (const auto& [width, height] : strips) {
        const double weight = std::exp(width.value + height.value - most);
        sum += weight;
        result.by_mean[0] += weight * width.by_mean;
        result.by_deviation[0] += weight * width.by_deviation;
        result.by_mean[1] += weight * height.by_mean;
        result.by_deviation[1] += weight * height.by_deviation;
    }
    result.log = most + std::log(sum);
    for (Pair* slopes : {&result.by_mean, &result.by_deviation})
        for (double& slope : *slopes) slope /= sum;
    return result;
}

namespace {

class HypervolumeImprovement final : public Improvement {
public:
    HypervolumeImprovement(const Posterior& first, const Posterior& second, std::vector<Staircase> fronts)
        : first_(first), second_(second), fronts_(std::move(fronts)) {}

    Vector at(const Matrix& rows) const override {
        const Prediction first = first_.at(rows), second = second_.at(rows);
        Vector result(rows.rows());
        Eigen::ArrayXd logs(scenarios());
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            const Pair deviations{std::sqrt(first.variances(i)), std::sqrt(second.variances(i))};
            for (Eigen::Index j = 0; j < logs.size(); ++j)
                logs(j) = front(j).expected({{first.means(i, j), second.means(i, j)}, deviations}).log;
            result(i) = log_mean(logs);
        }
        return result;
    }

    double around(const Vector& x, Vector& gradient) const override {
        const Posterior::Local first = first_.around(x), second = second_.around(x);
        const Pair deviations{std::sqrt(first.variance), std::sqrt(second.variance)};
        const Vector first_slope = first.variance_slope / (2 * deviations[0]);
        const Vector second_slope = second.variance_slope / (2 * deviations[1]);
        Eigen::ArrayXd logs(scenarios());
        Matrix slopes(x.size(), scenarios());
        for (Eigen::Index j = 0; j < logs.size(); ++j) {
            const auto expected = front(j).expected({{first.means(j), second.means(j)}, deviations});
            logs(j) = expected.log;
            slopes.col(j) = expected.by_mean[0] * first.slopes.col(j) +
                            expected.by_mean[1] * second.slopes.col(j) +
                            expected.by_deviation[0] * first_slope + expected.by_deviation[1] * second_slope;
        }
        const double mean = log_mean(logs);
        gradient = slopes * ((logs - mean).exp() / static_cast<double>(logs.size())).matrix();
        return mean;
    }

    double log_least() const override {
        constexpr double least = 1e-5;  // of the hypervolume that there is
        return std::log(std::max(least * fronts_.front().area(), 1e-300));
    }

private:
    Eigen::Index scenarios() const { return static_cast<Eigen::Index>(fronts_.size()); }
    const Staircase& front(Eigen::Index j) const { return fronts_[static_cast<std::size_t>(j)]; }

    const Posterior &first_, &second_;
    std::vector<Staircase> fronts_;  // by scenario
};

struct Extent {
    double low, high;
    double size() const { return high - low; }
};

Extent extent_of(const std::vector<Pair>& points, std::size_t cost) {
    const auto [low, high] = std::minmax_element(
        points.begin(), points.end(), [&](const Pair& a, const Pair& b) { return a[cost] < b[cost]; });
    return {(*low)[cost], (*high)[cost]};
}

}  // namespace

std::vector<Pair> front_of(std::vector<Pair> points) {
    std::sort(points.begin(), points.end());
    std::vector<Pair> front;
    for (const Pair& point : points)
        if (front.empty() || point[1] < front.back()[1]) front.push_back(point);
    return front;
}

Pair reference_of(const std::vector<Pair>& points, std::size_t feasible) {
    constexpr double margin = 0.1;
    const auto front = front_of({points.begin(), points.begin() + static_cast<std::ptrdiff_t>(feasible)});
    Pair reference;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const Extent all = extent_of(points, i), best = extent_of(front, i);
        const double widest = all.size() > 0 ? all.size() : 1;
        const double beyond = best.size() > 0 ? best.size() : widest;
        reference[i] = std::min(all.high + margin * widest, best.high + beyond);
    }
    return reference;
}

std::unique_ptr<const Improvement> hypervolume_improvement(const Posterior& first, const Posterior& second,
                                                           std::vector<Staircase> fronts) {
    return std::make_unique<HypervolumeImprovement>(first, second, std::move(fronts));
}

}  // namespace tw::gp
