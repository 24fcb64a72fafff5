#include "optimize/grid_axis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "optimize/unit.hpp"

namespace tw {
namespace {

constexpr std::int64_t most_parent_values = 100'000;

bool depends(const Parameter& child, const Parameter& parent) {
    return std::any_of(child.when.begin(), child.when.end(),
                       [&](const Condition& condition) { return condition.parent == parent.name; });
}

// Whether this value of `parent` fails a condition of `child`; other parents do not matter here.
bool value_kills(const Space& two, const Scalar& value) {
    return !is_active(two, two.parameters[1], {{two.parameters[0].name, value}});
}

// The two alone: the parent always active, the child under the parent's conditions only.
Space alone(Parameter parent, Parameter child) {
    std::erase_if(child.when, [&](const Condition& condition) { return condition.parent != parent.name; });
    parent.when.clear();
    return Space{{std::move(parent), std::move(child)}};
}

void place(const Space& space, std::size_t index, std::vector<bool>& placed,
           std::vector<std::size_t>& order) {
    const auto ready = [&](const Parameter& p) {
        return std::all_of(p.when.begin(), p.when.end(), [&](const Condition& condition) {
            const Parameter* parent = space.find(condition.parent);
            return placed[static_cast<std::size_t>(parent - space.parameters.data())];
        });
    };
    if (placed[index] || !ready(space.parameters[index])) return;
    placed[index] = true;
    order.push_back(index);
    for (std::size_t child = 0; child < space.parameters.size(); ++child)
        if (depends(space.parameters[child], space.parameters[index])) place(space, child, placed, order);
}

std::vector<std::size_t> depth_first(const Space& space) {
    std::vector<std::size_t> order;
    std::vector<bool> placed(space.parameters.size(), false);
    for (std::size_t i = 0; i < space.parameters.size(); ++i) place(space, i, placed, order);
    return order;
}

std::vector<GridAxis> order_axes(const Space& space) {
    std::vector<GridAxis> axes;
    for (const std::size_t index : depth_first(space)) axes.push_back({space.parameters[index], {}, {}});
    for (GridAxis& axis : axes)
        for (std::size_t child = 0; child < axes.size(); ++child)
            if (depends(axes[child].parameter, axis.parameter)) axis.children.push_back(child);
    return axes;
}

void cut_axis(GridAxis& axis, const std::vector<Space>& pairs) {
    for (std::int64_t i = 0; i < axis_count(axis.parameter); ++i) {
        std::vector<std::size_t> kills;
        const Scalar value = axis_value(axis.parameter, i);
        for (std::size_t c = 0; c < pairs.size(); ++c)
            if (value_kills(pairs[c], value)) kills.push_back(axis.children[c]);
        if (axis.segments.empty() || axis.segments.back().kills != kills)
            axis.segments.push_back({i, 0, std::move(kills)});
        ++axis.segments.back().size;
    }
}

tl::unexpected<Error> too_many(const Parameter& p) {
    return fail({Code::invalid,
                 fmt::format("a grid cannot take the {} values of \"{}\", on which other parameters depend",
                             axis_count(p), p.name),
                 {},
                 "/space/" + p.name,
                 0,
                 "give it a larger step, or use \"random\""});
}

}  // namespace

std::int64_t axis_count(const Parameter& p) {
    const std::int64_t count = value_count(p);
    return count > 0 ? count : p.high > p.low ? grid_points : 1;
}

Scalar axis_value(const Parameter& p, std::int64_t index) {
    if (value_count(p) > 0) return value_at(p, index);
    const std::int64_t last = axis_count(p) - 1;
    if (index == last) return p.high;
    if (index == 0) return p.low;
    return from_unit(p, static_cast<double>(index) / static_cast<double>(last));
}

std::optional<std::int64_t> axis_index(const Parameter& p, const Scalar& value) {
    if (value_count(p) > 0) return index_of(p, value);
    for (std::int64_t i = 0; i < axis_count(p); ++i)
        if (same_value(axis_value(p, i), value)) return i;
    return std::nullopt;
}

Result<std::vector<GridAxis>> cut_axes(const Space& space) {
    std::vector<GridAxis> axes = order_axes(space);
    for (GridAxis& axis : axes) {
        if (axis.children.empty()) {
            axis.segments.push_back({0, axis_count(axis.parameter), {}});
            continue;
        }
        if (axis_count(axis.parameter) > most_parent_values) return too_many(axis.parameter);
        std::vector<Space> pairs;
        for (const std::size_t child : axis.children)
            pairs.push_back(alone(axis.parameter, axes[child].parameter));
        cut_axis(axis, pairs);
    }
    return axes;
}

}  // namespace tw
