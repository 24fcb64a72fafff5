#include "optimize/tpe/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "optimize/normal.hpp"

namespace tw::tpe {
namespace {

constexpr std::int64_t most_levels = 64;
constexpr int nodes = 128;
constexpr double narrowest = 0.03;  // of a fixed width; a gap's: 1/100, more where there are few members

Eigen::Index index(std::size_t i) {
    return static_cast<Eigen::Index>(i);
}

double scott_width(std::size_t members, std::size_t dimension) {
    const double power = -1.0 / (static_cast<double>(dimension) + 4);
    return std::max(narrowest, 0.2 * std::pow(static_cast<double>(std::max<std::size_t>(members, 1)), power));
}

// What a kernel's sum over its axis is, relative to a uniform one's.
double mass(const Axis& axis, double u, double width) {
    if (axis.levels.empty())
        return width * std::sqrt(2 * std::numbers::pi) *
               (normal_below((1 - u) / width) - normal_below(-u / width));
    double sum = 0;
    for (const double level : axis.levels) sum += std::exp(-(level - u) * (level - u) / (2 * width * width));
    return sum / static_cast<double>(axis.levels.size());
}

}  // namespace

std::vector<Axis> axes_of(const UnitCube& cube) {
    std::vector<Axis> axes;
    for (const Parameter& parameter : cube.axes()) {
        const bool category = is_category(parameter);
        axes.push_back({category, levels_of(parameter, category ? value_count(parameter) : most_levels),
                        AxisPrior(parameter)});
    }
    return axes;
}

Parzen::Parzen(const std::vector<Axis>& axes, const std::vector<Point>& members,
               const std::vector<double>& weights, Width width)
    : axes_(axes),
      count_(index(members.size())),
      mix_(scott_width(members.size(), axes.size())),
      log_weights_(count_ + 1),
      points_(axes.size(), Column::Zero(count_)),
      widths_(points_),
      scales_(points_),
      offsets_(points_) {
    double total = 0;
    for (std::size_t i = 0; i <= members.size(); ++i) {
        const double weight = i < weights.size() ? std::max(weights[i], 1e-6) : 1.0;
        cumulative_.push_back(total += weight);
        log_weights_(index(i)) = std::log(weight);
    }
    log_weights_ -= std::log(total);
    for (int i = 0; width == Width::scott && i <= nodes; ++i)
        masses_.push_back(std::log(mass({}, static_cast<double>(i) / nodes, mix_)));
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        set_widths(members, axis, width);
        set_terms(members, axis);
    }
}

void Parzen::set_widths(const std::vector<Point>& members, std::size_t axis, Width width) {
    widths_[axis].setConstant(mix_);
    if (width == Width::scott || axes_[axis].category) return;
    std::vector<std::pair<double, Eigen::Index>> order;
    for (std::size_t i = 0; i < members.size(); ++i)
        if (!std::isnan(members[i][axis])) order.emplace_back(members[i][axis], index(i));
    std::sort(order.begin(), order.end());
    const double least = 1.0 / std::min(100.0, static_cast<double>(order.size()) + 2);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const double left = i > 0 ? order[i].first - order[i - 1].first : 0;
        const double right = i + 1 < order.size() ? order[i + 1].first - order[i].first : 0;
        widths_[axis](order[i].second) =
            order.size() > 1 ? std::clamp(std::max(left, right), least, 1.0) : mix_;
    }
}

// erfc is dear: where all are of one width, it is taken at some places and drawn straight between them.
double Parzen::log_mass(const Axis& axis, double u, double width) const {
    if (masses_.empty() || !axis.levels.empty()) return std::log(mass(axis, u, width));
    const double place = std::clamp(u, 0.0, 1.0) * static_cast<double>(masses_.size() - 1);
    const std::size_t node = std::min(static_cast<std::size_t>(place), masses_.size() - 2);
    return masses_[node] + (place - static_cast<double>(node)) * (masses_[node + 1] - masses_[node]);
}

void Parzen::set_terms(const std::vector<Point>& members, std::size_t axis) {
    const Axis& known = axes_[axis];
    const auto count = static_cast<double>(known.levels.size());
    for (Eigen::Index i = 0; i < count_; ++i) {
        const double u = members[static_cast<std::size_t>(i)][axis], width = widths_[axis](i);
        points_[axis](i) = std::isnan(u) ? -1 : u;
        if (std::isnan(u)) continue;
        scales_[axis](i) = known.category ? std::log1p(count * (1 - mix_) / mix_) : 1 / (2 * width * width);
        offsets_[axis](i) = known.category ? std::log(count * (1 - mix_) + mix_) : -log_mass(known, u, width);
    }
}

double Parzen::drawn(std::size_t axis, Eigen::Index member, Stream& stream) const {
    const double u = points_[axis](member), width = widths_[axis](member);
    if (axes_[axis].category) {
        const auto count = static_cast<double>(axes_[axis].levels.size());
        return draw_unit(stream) >= mix_ ? u : (std::floor(draw_unit(stream) * count) + 0.5) / count;
    }
    const double low = normal_below(-u / width), high = normal_below((1 - u) / width);
    return std::clamp(u + width * normal_quantile(std::lerp(low, high, draw_unit(stream))), 0.0, 1.0);
}

Point Parzen::draw(Stream& stream) const {
    const double place = draw_unit(stream) * cumulative_.back();
    const auto member = std::upper_bound(cumulative_.begin(), cumulative_.end(), place) - cumulative_.begin();
    Point point(axes_.size());
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
        const bool known = member < count_ && points_[axis](member) >= 0;
        point[axis] = known ? drawn(axis, member, stream) : axes_[axis].prior.quantile(draw_unit(stream));
    }
    return point;
}

double Parzen::log_density(const Point& point) const {
    Column logs = log_weights_;
    auto members = logs.head(count_);
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
        const double u = point[axis];
        if (std::isnan(u)) continue;
        if (axes_[axis].category)
            members += offsets_[axis] - ((points_[axis] - u).abs() > 1e-9).cast<double>() * scales_[axis];
        else
            members += offsets_[axis] - (points_[axis] - u).square() * scales_[axis];
        if (!axes_[axis].prior.stated()) continue;
        const double believed = axes_[axis].prior.log_density(u);
        logs(count_) += believed;
        members += (points_[axis] < 0).cast<double>() * believed;
    }
    const double most = logs.maxCoeff();
    return most + std::log((logs - most).exp().sum());
}

}  // namespace tw::tpe
