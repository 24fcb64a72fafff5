#include "optimize/tpe/parzen.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace tw::tpe {
namespace {

constexpr double narrowest = 0.03;
constexpr std::int64_t most_levels = 64;
constexpr std::size_t nodes = 128;

double below(double z) {
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

double quantile(double p) {
    p = std::clamp(p, 1e-16, 1 - 1e-16);
    return std::numbers::sqrt2 * boost::math::erf_inv(2 * p - 1);
}

Eigen::Index index(std::size_t i) {
    return static_cast<Eigen::Index>(i);
}


double kernel(double distance, double width) {
    return std::exp(-distance * distance / (2 * width * width));
}

// Scott's rule for as many dimensions as there are, at the scale that Optuna takes.
double width_for(std::size_t members, std::size_t dimension) {
    const double power = -1.0 / (static_cast<double>(dimension) + 4);
    return std::max(narrowest, 0.2 * std::pow(static_cast<double>(std::max<std::size_t>(members, 1)), power));
}

}  // namespace

std::vector<Axis> axes_of(const UnitCube& cube) {
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < cube.dimension(); ++i) {
        const Parameter& parameter = cube.parameter(i);
        const std::int64_t count = value_count(parameter);
        Axis axis;
        axis.category = parameter.type == ParameterType::categorical;
        for (std::int64_t value = 0; (axis.category || count <= most_levels) && value < count; ++value)
            axis.levels.push_back(*to_unit(parameter, value_at(parameter, value)));
        axes.push_back(std::move(axis));
    }
    return axes;
}

Rows::Rows(std::vector<Axis> axes) : axes_(std::move(axes)) {
    points_.resize(index(axes_.size()), 0);
    masks_.resize(index(axes_.size()), 0);
}

Rows Rows::of_points(const std::vector<Point>& points) const {
    Rows rows(axes_);
    for (const Point& point : points) rows.add(point);
    return rows;
}

void Rows::add(const Point& point) {
    if (index(count_) == points_.cols()) {
        const Eigen::Index capacity = std::max<Eigen::Index>(64, 2 * points_.cols());
        points_.conservativeResize(Eigen::NoChange, capacity);
        masks_.conservativeResize(Eigen::NoChange, capacity);
    }
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        points_(index(i), index(count_)) = std::isnan(point[i]) ? 0 : point[i];
        masks_(index(i), index(count_)) = std::isnan(point[i]) ? 0 : 1;
    }
    ++count_;
}

// Coordinates of categories are masked out: their distance is none.
Candidates::Candidates(const Rows& rows, const std::vector<Point>& from) {
    Rows own = rows.of_points(from);
    points = own.points();
    masks = own.masks();
    Eigen::VectorXd numbers(index(rows.axes().size()));
    for (std::size_t i = 0; i < rows.axes().size(); ++i) numbers(index(i)) = rows.axes()[i].category ? 0 : 1;
    const Eigen::MatrixXd masked = numbers.asDiagonal() * masks, valued = masked.cwiseProduct(points);
    squares = rows.masks().transpose() * valued.cwiseProduct(points);
    squares -= 2 * rows.points().transpose() * valued;
    squares += rows.points().cwiseAbs2().transpose() * masked;
    squares = squares.cwiseMax(0);
}

Parzen::Parzen(const Rows& rows, std::vector<std::size_t> members, std::vector<double> weights)
    : rows_(rows),
      members_(std::move(members)),
      width_(width_for(members_.size(), rows.axes().size())),
      mix_(width_),
      log_weights_(index(members_.size() + 1)),
      log_norms_(index(rows.axes().size()), index(members_.size())) {
    for (std::size_t i = 0; i <= nodes; ++i) {
        const double u = static_cast<double>(i) / nodes;
        const double inside = below((1 - u) / width_) - below(-u / width_);
        edge_.push_back(std::log(width_ * std::sqrt(2 * std::numbers::pi) * inside));
    }
    double total = 0;
    for (std::size_t i = 0; i <= members_.size(); ++i) {
        const double weight = i < weights.size() ? std::max(weights[i], 1e-6) : 1.0;
        cumulative_.push_back(total += weight);
        log_weights_(index(i)) = std::log(weight);
    }
    log_weights_ -= std::log(total);
    for (std::size_t i = 0; i < members_.size(); ++i)
        for (std::size_t axis = 0; axis < rows.axes().size(); ++axis)
            log_norms_(index(axis), index(i)) =
                rows.masks()(index(axis), index(members_[i])) > 0
                    ? log_norm(axis, rows.points()(index(axis), index(members_[i])))
                    : 0;
}

// What the kernel around u is to be divided by, relative to the uniform density; of a category, around itself.
double Parzen::log_norm(std::size_t axis, double u) const {
    const Axis& known = rows_.axes()[axis];
    const auto count = static_cast<double>(known.levels.size());
    if (known.category) return -std::log(count * (1 - mix_) + mix_);
    if (known.levels.empty()) {
        const double place = std::clamp(u, 0.0, 1.0) * nodes;
        const auto node = std::min(static_cast<std::size_t>(place), nodes - 1);
        return std::lerp(edge_[node], edge_[node + 1], place - static_cast<double>(node));
    }
    double sum = 0;
    for (const double level : known.levels) sum += kernel(level - u, width_);
    return std::log(sum / count);
}

double Parzen::drawn(std::size_t axis, double u, Stream& stream) const {
    const Axis& known = rows_.axes()[axis];
    if (known.category) {
        const auto count = static_cast<double>(known.levels.size());
        return draw_unit(stream) >= mix_ ? u : (std::floor(draw_unit(stream) * count) + 0.5) / count;
    }
    const double low = below(-u / width_), high = below((1 - u) / width_);
    return std::clamp(u + width_ * quantile(std::lerp(low, high, draw_unit(stream))), 0.0, 1.0);
}

Point Parzen::draw(Stream& stream) const {
    const double place = draw_unit(stream) * cumulative_.back();
    const auto member = static_cast<std::size_t>(std::upper_bound(cumulative_.begin(), cumulative_.end(), place) -
                                                 cumulative_.begin());
    Point point(rows_.axes().size());
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
        const bool known = member < members_.size() && rows_.masks()(index(axis), index(members_[member])) > 0;
        point[axis] = known ? drawn(axis, rows_.points()(index(axis), index(members_[member])), stream) : draw_unit(stream);
    }
    return point;
}

// A category that differs: the spread share instead of the kept one.
void Parzen::add_categories(const Candidates& candidates, Eigen::Index candidate, Eigen::ArrayXd& logs) const {
    for (std::size_t axis = 0; axis < rows_.axes().size(); ++axis) {
        if (!rows_.axes()[axis].category || candidates.masks(index(axis), candidate) == 0) continue;
        const double value = candidates.points(index(axis), candidate);
        const double penalty = std::log(mix_) + log_norm(axis, value);
        for (std::size_t i = 0; i < members_.size(); ++i) {
            const Eigen::Index row = index(members_[i]);
            const bool differs = rows_.masks()(index(axis), row) > 0 && std::abs(rows_.points()(index(axis), row) - value) > 1e-9;
            if (differs) logs(index(i)) += penalty;
        }
    }
}

Eigen::VectorXd Parzen::log_density(const Candidates& candidates) const {
    const Eigen::Index count = index(members_.size());
    const Eigen::MatrixXd norms = log_norms_.transpose() * candidates.masks;
    Eigen::VectorXd result(candidates.points.cols());
    for (Eigen::Index candidate = 0; candidate < result.size(); ++candidate) {
        Eigen::ArrayXd logs = log_weights_;
        logs.head(count) -= norms.col(candidate).array();
        for (Eigen::Index i = 0; i < count; ++i)
            logs(i) -= candidates.squares(index(members_[static_cast<std::size_t>(i)]), candidate) / (2 * width_ * width_);
        add_categories(candidates, candidate, logs);
        const double most = logs.maxCoeff();
        result(candidate) = most + std::log((logs - most).exp().sum());
    }
    return result;
}

}  // namespace tw::tpe
