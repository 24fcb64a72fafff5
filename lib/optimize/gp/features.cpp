#include "optimize/gp/features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw::gp {
namespace {

constexpr double middle = 0.5, no_category = -1;

// A longer list is as good as a continuum.
constexpr std::int64_t most_levels = 64;

double to_feature(double u, const Column& column) {
    if (column.kind != ColumnKind::category) return std::isnan(u) ? middle : u;
    return std::isnan(u) ? no_category : category_at(u, column);
}

}  // namespace

double category_at(double u, const Column& column) {
    const auto count = static_cast<double>(column.levels.size());
    return std::min(std::floor(u * count), count - 1);
}

std::vector<Column> columns_of(const UnitCube& cube) {
    std::vector<Column> columns;
    for (const Parameter& parameter : cube.axes()) {
        const std::int64_t count = value_count(parameter);
        Column column;
        column.prior = AxisPrior(parameter);
        if (is_category(parameter)) {
            column.kind = ColumnKind::category;
            for (std::int64_t value = 0; value < count; ++value)
                column.levels.push_back(static_cast<double>(value));
        } else if (count > 0) {
            column.kind = ColumnKind::ordered;
            column.levels = levels_of(parameter, most_levels);
        }
        columns.push_back(std::move(column));
    }
    return columns;
}

Vector features_of(const Point& point, const std::vector<Column>& columns) {
    Vector row(static_cast<Eigen::Index>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i)
        row(static_cast<Eigen::Index>(i)) = to_feature(point[i], columns[i]);
    return row;
}

Matrix features_of(const std::vector<Point>& points, const std::vector<Column>& columns) {
    Matrix rows(static_cast<Eigen::Index>(points.size()), static_cast<Eigen::Index>(columns.size()));
    for (std::size_t i = 0; i < points.size(); ++i)
        rows.row(static_cast<Eigen::Index>(i)) = features_of(points[i], columns).transpose();
    return rows;
}

Point point_of(const Vector& features, const std::vector<Column>& columns) {
    Point point;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double value = features(static_cast<Eigen::Index>(i));
        const bool category = columns[i].kind == ColumnKind::category;
        const auto count = static_cast<double>(columns[i].levels.size());
        point.push_back(category ? (std::max(value, 0.0) + 0.5) / count : std::clamp(value, 0.0, 1.0));
    }
    return point;
}

Snap::Snap(const UnitCube& cube, const std::vector<Column>& columns)
    : cube_(cube), columns_(columns), through_parameters_(cube.conditional()) {
    for (const Column& column : columns)
        through_parameters_ =
            through_parameters_ || (column.kind == ColumnKind::ordered && column.levels.empty());
}

// Through the parameters themselves only where that is needed: it takes a hundred times longer.
Vector Snap::operator()(const Vector& features) const {
    if (through_parameters_) {
        Point point;
        for (const auto& u : cube_.point(cube_.params(point_of(features, columns_))))
            point.push_back(u.value_or(std::numeric_limits<double>::quiet_NaN()));
        return features_of(point, columns_);
    }
    Vector row = features;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (double& value = row(static_cast<Eigen::Index>(i)); columns_[i].kind == ColumnKind::ordered)
            value = nearest_level(columns_[i].levels, value);
    return row;
}

bool Snap::feasible(const Vector& row) const {
    return cube_.space().constraints.empty() || cube_.feasible(point_of(row, columns_));
}

}  // namespace tw::gp
