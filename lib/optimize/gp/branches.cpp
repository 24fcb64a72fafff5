#include "optimize/gp/branches.hpp"

#include <algorithm>
#include <set>

namespace tw::gp {

Branches::Branches(const UnitCube& cube) {
    std::set<std::string> parents;
    for (const Parameter& parameter : cube.space().parameters)
        for (const Condition& condition : parameter.when) parents.insert(condition.parent);
    const std::vector<Parameter> axes = cube.axes();
    conditional_ = std::any_of(axes.begin(), axes.end(), [&](const Parameter& axis) {
        return is_category(axis) && parents.contains(axis.name);
    });
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (is_category(axes[i]) && (!conditional_ || parents.contains(axes[i].name)))
            columns_.push_back(static_cast<Eigen::Index>(i));
}

void Branches::confine(SearchSpace& space, Stream& stream) const {
    const Vector row = random_row(space, stream);
    const auto only = static_cast<std::size_t>(draw_unit(stream) * static_cast<double>(columns_.size()));
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (const double value = row(columns_[i]); value >= 0 && (conditional_ || i == only))
            space.low(columns_[i]) = space.high(columns_[i]) = value;
}

}  // namespace tw::gp
