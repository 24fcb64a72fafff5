#include "optimize/unit.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace tw {
namespace {

constexpr double rounding = 1e-6;  // of a step, as in_domain has it
constexpr double most = 0x1p62;    // values that an index can count

bool is_number(const Parameter& p) {
    return p.type == ParameterType::real || p.type == ParameterType::integer;
}

bool is_log(const Parameter& p) {
    return is_number(p) && p.log;
}

bool on_grid(const Parameter& p) {
    return p.type == ParameterType::integer || p.step > 0;
}

double step_of(const Parameter& p) {
    return p.step > 0 ? p.step : 1;
}

// Drops decimals that a double of this grid's magnitude cannot hold, unless the step needs them.
double without_noise(const Parameter& p, double value) {
    const double magnitude = std::max({std::abs(p.low), std::abs(p.high), step_of(p)});
    const int decimals = 14 - static_cast<int>(std::floor(std::log10(magnitude)));
    if (decimals < 0 || decimals > 22) return value;  // powers of ten are exact doubles up to here
    const double scale = std::pow(10.0, decimals);
    const double clean = std::round(value * scale) / scale + 0.0;  // never -0.0
    return std::abs(clean - value) <= rounding * step_of(p) ? clean : value;
}

Scalar number(const Parameter& p, double value) {
    value = std::clamp(value, p.low, p.high);
    if (p.type == ParameterType::integer) return static_cast<std::int64_t>(std::llround(value));
    return value;
}

// The ends of what from_unit draws a log parameter from. Positive: low > 0.
double log_low(const Parameter& p) {
    return std::log(on_grid(p) ? p.low - std::min(step_of(p), p.low) / 2 : p.low);
}

double log_high(const Parameter& p) {
    if (!on_grid(p)) return std::log(p.high);
    return std::log(p.low + step_of(p) * (static_cast<double>(value_count(p)) - 0.5));
}

std::int64_t share(double u, std::int64_t count) {
    return std::min(static_cast<std::int64_t>(u * static_cast<double>(count)), count - 1);
}

Scalar from_log(const Parameter& p, double u) {
    const double value = std::exp(std::lerp(log_low(p), log_high(p), u));
    if (!on_grid(p)) return number(p, value);
    const double index = std::round((value - p.low) / step_of(p));
    const double last = static_cast<double>(value_count(p) - 1);
    return value_at(p, static_cast<std::int64_t>(std::clamp(index, 0.0, last)));
}

// Where between the two `value` lies.
double part(double low, double high, double value) {
    return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
}

}  // namespace

bool is_category(const Parameter& p) {
    return p.type == ParameterType::categorical && !p.ordered;
}

std::int64_t value_count(const Parameter& p) {
    if (p.type == ParameterType::fixed) return 1;
    if (p.type == ParameterType::categorical) return static_cast<std::int64_t>(p.choices.size());
    if (!on_grid(p)) return 0;
    const double steps = (p.high - p.low) / step_of(p);
    return static_cast<std::int64_t>(std::min(std::floor(steps + rounding), most)) + 1;
}

Scalar value_at(const Parameter& p, std::int64_t index) {
    if (p.type == ParameterType::fixed) return p.value;
    if (p.type == ParameterType::categorical) return p.choices[static_cast<std::size_t>(index)];
    const double value = p.low + static_cast<double>(index) * step_of(p);
    return number(p, p.type == ParameterType::integer ? value : without_noise(p, value));
}

std::optional<std::int64_t> index_of(const Parameter& p, const Scalar& value) {
    if (!is_number(p)) {
        for (std::int64_t i = 0; i < value_count(p); ++i)
            if (same_value(value_at(p, i), value)) return i;
        return std::nullopt;
    }
    double number = 0;
    if (!on_grid(p) || !as_number(value, number)) return std::nullopt;
    const double index = (number - p.low) / step_of(p);
    const double nearest = std::round(index);
    const bool found = std::abs(index - nearest) <= rounding && nearest >= 0 &&
                       nearest < static_cast<double>(value_count(p));
    return found ? std::optional(static_cast<std::int64_t>(nearest)) : std::nullopt;
}

Scalar from_unit(const Parameter& p, double u) {
    u = u > 0 ? std::min(u, 1.0) : 0.0;
    if (is_log(p)) return from_log(p, u);
    const std::int64_t count = value_count(p);
    return count > 0 ? value_at(p, share(u, count)) : number(p, std::lerp(p.low, p.high, u));
}

std::optional<double> to_unit(const Parameter& p, const Scalar& value) {
    // The commonest case by itself, for a start does this with every value of tens of thousands of trials.
    if (const auto* real = std::get_if<double>(&value);
        real && p.type == ParameterType::real && !on_grid(p) && *real >= p.low && *real <= p.high)
        return p.log ? part(log_low(p), log_high(p), std::log(*real)) : part(p.low, p.high, *real);
    if (!in_domain(p, value)) return std::nullopt;
    double x = 0;
    if (is_log(p) && as_number(value, x)) return part(log_low(p), log_high(p), std::log(std::max(x, p.low)));
    if (const auto index = index_of(p, value))
        return (static_cast<double>(*index) + 0.5) / static_cast<double>(value_count(p));
    as_number(value, x);
    return part(p.low, p.high, x);
}

std::vector<double> levels_of(const Parameter& p, std::int64_t most) {
    std::vector<double> levels;
    const std::int64_t count = value_count(p);
    for (std::int64_t i = 0; count <= most && i < count; ++i) levels.push_back(*to_unit(p, value_at(p, i)));
    return levels;
}

double nearest_level(const std::vector<double>& levels, double u) {
    const auto above = std::lower_bound(levels.begin(), levels.end(), u);
    if (above == levels.begin()) return levels.front();
    if (above == levels.end()) return levels.back();
    return *above - u < u - *std::prev(above) ? *above : *std::prev(above);
}

Share share_at(const Parameter& p, std::int64_t index) {
    const std::int64_t count = value_count(p);
    const auto end = [&](std::int64_t i) {
        if (i <= 0 || i >= count) return i <= 0 ? 0.0 : 1.0;
        const double between = static_cast<double>(i);
        if (!is_log(p)) return between / static_cast<double>(count);
        return part(log_low(p), log_high(p), std::log(p.low + step_of(p) * (between - 0.5)));
    };
    return {end(index), end(index + 1)};
}

UnitNormal normal_prior(const Parameter& p) {
    const double count = static_cast<double>(value_count(p));
    double low = p.low, width = p.high - p.low, mean = p.prior->mean;
    if (is_log(p)) {
        low = log_low(p);
        width = log_high(p) - low;
        mean = std::log(std::max(mean, p.low));
    } else if (count > 0) {
        low = p.low - step_of(p) / 2;
        width = step_of(p) * count;
    }
    return {part(low, low + width, mean), std::clamp(p.prior->std / width, 1e-6, 100.0)};
}

double neighbouring(const Parameter& p, double u, bool up) {
    const std::int64_t index = index_of(p, from_unit(p, u)).value_or(0), last = value_count(p) - 1;
    const bool turned = index == (up ? last : 0);
    const auto [low, high] = share_at(p, std::clamp(index + (up != turned ? 1 : -1), std::int64_t{0}, last));
    return (low + high) / 2;
}

UnitCube::UnitCube(Space space) : space_(std::move(space)) {
    std::vector<std::size_t> coordinate;
    for (const Parameter& p : space_.parameters)
        coordinate.push_back(p.type == ParameterType::fixed ? 0 : dimension_++);
    for (const Parameter* p : decision_order(space_)) {
        const auto index = static_cast<std::size_t>(p - space_.parameters.data());
        order_.push_back({index, coordinate[index]});
        if (p->type != ParameterType::fixed) by_name_.push_back(order_.back());
    }
    std::sort(by_name_.begin(), by_name_.end(), [this](auto& a, auto& b) {
        return space_.parameters[a.parameter].name < space_.parameters[b.parameter].name;
    });
}

bool UnitCube::conditional() const {
    return std::any_of(space_.parameters.begin(), space_.parameters.end(),
                       [](auto& p) { return !p.when.empty(); });
}

std::vector<Parameter> UnitCube::axes() const {
    std::vector<Parameter> free;
    std::copy_if(space_.parameters.begin(), space_.parameters.end(), std::back_inserter(free),
                 [](const Parameter& p) { return p.type != ParameterType::fixed; });
    return free;
}

Params UnitCube::params(const std::vector<double>& point) const {
    Params chosen;
    for (const Axis& axis : order_) {
        const Parameter& p = space_.parameters[axis.parameter];
        if (!is_active(space_, p, chosen)) continue;
        chosen[p.name] = p.type == ParameterType::fixed ? p.value : from_unit(p, point[axis.coordinate]);
    }
    return chosen;
}

bool UnitCube::feasible(const std::vector<double>& point) const {
    return space_.constraints.empty() || !broken_constraint(space_, params(point));
}

std::vector<std::optional<double>> UnitCube::point(const Params& params) const {
    std::vector<std::optional<double>> point(dimension_);
    auto value = params.begin();
    for (const Axis& axis : by_name_) {
        const Parameter& p = space_.parameters[axis.parameter];
        int order = -1;
        while (value != params.end() && (order = value->first.compare(p.name)) < 0) ++value;
        if (value == params.end()) break;
        if (order > 0) continue;
        point[axis.coordinate] = to_unit(p, value->second);
        ++value;
    }
    return point;
}

}  // namespace tw
