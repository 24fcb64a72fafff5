#include "optimize/gp/belief.hpp"

#include <algorithm>
#include <cmath>

namespace tw::gp {

Belief::Belief(const UnitCube& cube, const std::vector<Column>& columns, double weight)
    : cube_(cube), columns_(columns), weight_(weight) {
    stated_ = std::any_of(columns.begin(), columns.end(), [](const Column& c) { return c.prior.stated(); });
}

double Belief::log_at(const Vector& row) const {
    if (!stated_) return 0;
    const Point point = point_of(row, columns_);
    const auto active = cube_.conditional() ? cube_.point(cube_.params(point))
                                            : std::vector<std::optional<double>>(point.begin(), point.end());
    double sum = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (active[i]) sum += columns_[i].prior.log_density(*active[i]);
    return weight_ * sum;
}

// An inactive column is neutral to the posterior too, and is left out of the configuration.
void Belief::add_slope(const Vector& row, Vector& gradient) const {
    if (!stated_) return;
    for (Eigen::Index i = 0; i < row.size(); ++i)
        gradient(i) += weight_ * columns_[static_cast<std::size_t>(i)].prior.slope(row(i));
}

}  // namespace tw::gp
