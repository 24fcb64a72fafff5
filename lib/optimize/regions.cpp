#include "optimize/regions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimize/unit.hpp"

namespace tw {
namespace {

constexpr double border = 0.1, unlikely = 0.05;
constexpr std::size_t fewest_at_edge = 5, fewest_alike = 3;
constexpr std::int64_t fewest_values = 5;

const Scalar* value_of(const Parameter& parameter, const Params& params) {
    const auto found = params.find(parameter.name);
    return found != params.end() && in_domain(parameter, found->second) ? &found->second : nullptr;
}

bool is_number(const Parameter& parameter) {
    return parameter.type == ParameterType::real || parameter.type == ParameterType::integer;
}

std::vector<double> units_of(const Parameter& parameter, const Members& members) {
    std::vector<double> units;
    for (const Params* params : members)
        if (const Scalar* value = value_of(parameter, *params)) units.push_back(*to_unit(parameter, *value));
    return units;
}

double number_of(const Scalar& value) {
    double number = 0;
    as_number(value, number);
    return number;
}

// The logarithm of how likely it is that all of `members` are among those that share something, which
// `others` of `rest` do too, if nothing has to do with it.
double log_chance(std::size_t members, std::size_t others, std::size_t rest) {
    const auto k = static_cast<double>(members), o = static_cast<double>(others),
               m = static_cast<double>(rest);
    return std::lgamma(o + k + 1) - std::lgamma(o + 1) - std::lgamma(m + k + 1) + std::lgamma(m + 1);
}

class Search {
public:
    Search(const Members& members, const Members& others) : members_(members), others_(others) {}

    void look_at(const Parameter& parameter) {
        for (const Params* params : members_)
            if (!value_of(parameter, *params)) return;
        if (parameter.type == ParameterType::categorical) look_at_choices(parameter);
        if (is_number(parameter)) look_at_numbers(parameter);
    }

    std::optional<Trait> found() const {
        return best_ + std::log(static_cast<double>(std::max<std::size_t>(tests_, 1))) <= std::log(unlikely)
                   ? trait_
                   : std::nullopt;
    }

private:
    void look_at_choices(const Parameter& parameter) {
        ++tests_;
        const Scalar& first = *value_of(parameter, *members_.front());
        const auto has_it = [&](const Params* params) {
            const Scalar* value = value_of(parameter, *params);
            return value && same_value(*value, first);
        };
        if (std::all_of(members_.begin(), members_.end(), has_it))
            consider({parameter.name, first, {}, {}, count(has_it)});
    }

    void look_at_numbers(const Parameter& parameter) {
        tests_ += 2;
        const Region region = region_of(parameter, members_);
        const auto from = [&](const Params* params) {
            const Scalar* value = value_of(parameter, *params);
            return value && number_of(*value) >= region.low;
        };
        const auto up_to = [&](const Params* params) {
            const Scalar* value = value_of(parameter, *params);
            return value && number_of(*value) <= region.high;
        };
        consider({parameter.name, {}, region.low, {}, count(from)});
        consider({parameter.name, {}, {}, region.high, count(up_to)});
    }

    template <class Predicate>
    std::size_t count(Predicate predicate) const {
        return static_cast<std::size_t>(std::count_if(others_.begin(), others_.end(), predicate));
    }

    void consider(Trait trait) {
        const double chance = log_chance(members_.size(), trait.others, others_.size());
        if (chance >= best_) return;
        best_ = chance;
        trait_ = std::move(trait);
    }

    const Members &members_, &others_;
    std::size_t tests_ = 0;
    double best_ = std::numeric_limits<double>::infinity();
    std::optional<Trait> trait_;
};

}  // namespace

Region region_of(const Parameter& parameter, const Members& members) {
    Region region;
    for (const Params* params : members) {
        const Scalar* value = value_of(parameter, *params);
        if (!value) continue;
        ++region.active;
        if (!is_number(parameter)) {
            const auto known = std::find_if(region.choices.begin(), region.choices.end(),
                                            [&](auto& entry) { return same_value(entry.first, *value); });
            if (known == region.choices.end())
                region.choices.emplace_back(*value, 1);
            else
                ++known->second;
            continue;
        }
        const double number = number_of(*value);
        region.low = region.active == 1 ? number : std::min(region.low, number);
        region.high = region.active == 1 ? number : std::max(region.high, number);
    }
    std::stable_sort(region.choices.begin(), region.choices.end(),
                     [](auto& a, auto& b) { return a.second > b.second; });
    return region;
}

Edge edge_of(const Parameter& parameter, const Members& members) {
    if (!is_number(parameter)) return Edge::none;
    const std::vector<double> units = units_of(parameter, members);
    const std::int64_t values = value_count(parameter);
    if (units.size() < fewest_at_edge || (values > 0 && values < fewest_values)) return Edge::none;
    // The first and the last of few values have their place in the middle of their shares.
    const double near = values > 0 ? std::max(border, 0.5 / static_cast<double>(values) + 1e-9) : border;
    const auto low = std::count_if(units.begin(), units.end(), [&](double u) { return u <= near; });
    const auto high = std::count_if(units.begin(), units.end(), [&](double u) { return u >= 1 - near; });
    const auto half = static_cast<std::ptrdiff_t>((units.size() + 1) / 2);
    return low >= half ? Edge::low : high >= half ? Edge::high : Edge::none;
}

std::optional<Trait> common_trait(const Space& space, const Members& members, const Members& others) {
    if (members.size() < fewest_alike || others.size() < fewest_alike) return std::nullopt;
    Search search(members, others);
    for (const Parameter& parameter : space.parameters) search.look_at(parameter);
    return search.found();
}

}  // namespace tw
