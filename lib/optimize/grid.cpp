#include "optimize/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tw {
namespace {

constexpr std::int64_t most_tried = 100'000;  // a third of a second
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t times(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? most : product;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? most : sum;
}

// The state after axis `n`, whose value kills these or which is off itself and so kills its children. What is
// behind is forgotten: only what is still to come tells states apart.
std::vector<bool> choose(std::size_t n, const std::vector<std::size_t>& kills, std::vector<bool> off) {
    off[n] = false;
    for (const std::size_t child : kills) off[child] = true;
    return off;
}

}  // namespace

Result<Grid> Grid::make(const Space& space) {
    Grid grid;
    auto axes = cut_axes(space);
    if (!axes) return fail(std::move(axes.error()));
    grid.axes_ = std::move(*axes);
    grid.all_ = grid.count(0, Off(grid.axes_.size(), false));
    if (!space.constraints.empty())
        if (const Status kept = grid.keep_feasible(space); !kept) return fail(kept.error());
    return grid;
}

Status Grid::keep_feasible(const Space& space) {
    Error error{Code::invalid, {}};
    error.pointer = "/constraints/parameters";
    if (all_ > most_tried) {
        error.what = fmt::format(
            "the grid has more than {} configurations, too many to try each constraint on", most_tried);
        error.hint = "use \"sobol\", or longer steps";
        return fail(error);
    }
    places_.emplace();
    for (std::int64_t index = 0; index < all_; ++index)
        if (!broken_constraint(space, one_of_all(index))) places_->push_back(index);
    if (!places_->empty()) return {};
    error.what = fmt::format("none of the grid's {} configurations meets all constraints", all_);
    error.hint = "loosen them, or use shorter steps";
    return fail(error);
}

Params Grid::at(std::int64_t index) const {
    return one_of_all(places_ ? (*places_)[static_cast<std::size_t>(index)] : index);
}

std::optional<std::int64_t> Grid::find(const Params& params) const {
    const auto index = find_in_all(params);
    if (!index || !places_) return index;
    const auto place = std::lower_bound(places_->begin(), places_->end(), *index);
    if (place == places_->end() || *place != *index) return std::nullopt;
    return place - places_->begin();
}

std::int64_t Grid::count(std::size_t n, const Off& off) {
    if (n == axes_.size()) return 1;
    if (const auto known = counts_.find({n, off}); known != counts_.end()) return known->second;
    std::int64_t total = 0;
    if (off[n]) {
        total = count(n + 1, choose(n, axes_[n].children, off));
    } else {
        for (const GridSegment& segment : axes_[n].segments)
            total = plus(total, times(segment.size, count(n + 1, choose(n, segment.kills, off))));
    }
    return counts_[{n, off}] = total;
}

std::int64_t Grid::known(std::size_t n, const Off& off) const {
    return n == axes_.size() ? 1 : counts_.at({n, off});
}

Params Grid::one_of_all(std::int64_t index) const {
    Params params;
    Off off(axes_.size(), false);
    for (std::size_t n = 0; n < axes_.size(); ++n) {
        const GridAxis& axis = axes_[n];
        if (off[n]) {
            off = choose(n, axis.children, std::move(off));
            continue;
        }
        for (const GridSegment& segment : axis.segments) {
            Off next = choose(n, segment.kills, off);
            const std::int64_t below = known(n + 1, next);
            if (index >= times(segment.size, below)) {
                index -= segment.size * below;
                continue;
            }
            params[axis.parameter.name] = axis_value(axis.parameter, segment.first + index / below);
            index %= below;
            off = std::move(next);
            break;
        }
    }
    return params;
}

std::optional<std::int64_t> Grid::find_in_all(const Params& params) const {
    std::int64_t index = 0;
    std::size_t found = 0;
    Off off(axes_.size(), false);
    for (std::size_t n = 0; n < axes_.size(); ++n) {
        const GridAxis& axis = axes_[n];
        if (off[n]) {
            off = choose(n, axis.children, std::move(off));
            continue;
        }
        const auto value = params.find(axis.parameter.name);
        if (value == params.end()) return std::nullopt;
        const auto i = axis_index(axis.parameter, value->second);
        if (!i) return std::nullopt;
        ++found;
        for (const GridSegment& segment : axis.segments) {
            const bool here = *i < segment.first + segment.size;
            Off next = choose(n, segment.kills, off);
            const std::int64_t before = here ? *i - segment.first : segment.size;
            index = plus(index, times(before, known(n + 1, next)));
            if (!here) continue;
            off = std::move(next);
            break;
        }
    }
    if (found != params.size() || index >= all_) return std::nullopt;
    return index;
}

}  // namespace tw
