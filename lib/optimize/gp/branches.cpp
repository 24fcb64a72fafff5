#include "optimize/gp/branches.hpp"

#include <set>

namespace tw::gp {

Branches::Branches(const UnitCube& cube) {
    std::set<std::string> parents;
    for (const Parameter& parameter : cube.space().parameters)
        for (const Condition& condition : parameter.when) parents.insert(condition.parent);
    const auto is_category = [&](std::size_t i) { return cube.parameter(i).type == ParameterType::categorical; };
    for (std::size_t i = 0; i < cube.dimension(); ++i)
        conditional_ = conditional_ || (is_category(i) && parents.contains(cube.parameter(i).name));
    for (std::size_t i = 0; i < cube.dimension(); ++i)
        if (is_category(i) && (!conditional_ || parents.contains(cube.parameter(i).name)))
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
