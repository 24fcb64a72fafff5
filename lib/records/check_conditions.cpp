#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "records/graph.hpp"
#include "records/space_reader.hpp"

namespace tw {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool within(const Condition& range, double number) {
    return !(range.ge && number < *range.ge) && !(range.gt && number <= *range.gt) &&
           !(range.le && number > *range.le) && !(range.lt && number >= *range.lt);
}

// A range of a real or a whole parent contains one of the parent's values.
bool meets(const Condition& range, const Parameter& parent) {
    double low = std::max({parent.low, range.ge.value_or(-infinity), range.gt.value_or(-infinity)});
    double high = std::min({parent.high, range.le.value_or(infinity), range.lt.value_or(infinity)});
    if (parent.step > 0 || parent.type == ParameterType::integer) {
        const double step = parent.step > 0 ? parent.step : 1;
        low = parent.low + std::ceil((low - parent.low) / step) * step;
        if (!within(range, low)) low += step;
        return low <= high && low <= parent.high && within(range, low);
    }
    return low < high || (low == high && within(range, low));
}

bool range_possible(const Condition& range, const Parameter& parent) {
    auto inside = [&](const Scalar& value) {
        double number = 0;
        return as_number(value, number) && within(range, number);
    };
    if (parent.type == ParameterType::fixed) return inside(parent.value);
    if (parent.type == ParameterType::categorical)
        return std::any_of(parent.choices.begin(), parent.choices.end(), inside);
    return meets(range, parent);
}

void check_condition(const Condition& condition, const Parameter& parent, const std::string& pointer,
                     Mistakes& mistakes) {
    if (condition.values.empty() && !range_possible(condition, parent))
        mistakes.add(pointer, fmt::format("the condition can never hold: no value of '{}' lies in the range",
                                          parent.name));
    for (const Scalar& value : condition.values)
        if (mistakes.full())
            return;
        else if (const Status inside = in_domain(parent, value); !inside)
            mistakes.add(pointer, "the condition can never hold: " + inside.error().what);
}

}  // namespace

void check_conditions(const Space& space, const std::set<std::string>& broken, const std::string& pointer,
                      Mistakes& mistakes) {
    std::vector<std::string> names;
    for (const Parameter& parameter : space.parameters) names.push_back(parameter.name);
    Dependencies dependencies;
    for (const Parameter& parameter : space.parameters) {
        const std::string when = pointer + "/" + json::escape_pointer(parameter.name) + "/when";
        for (const Condition& condition : parameter.when) {
            if (mistakes.full()) return;
            const std::string place = when + "/" + json::escape_pointer(condition.parent);
            dependencies[parameter.name].push_back(condition.parent);
            const Parameter* parent = space.find(condition.parent);
            if (!parent)
                mistakes.add(place, fmt::format("there is no parameter '{}'", condition.parent),
                             suggestion(condition.parent, names));
            else if (!broken.contains(parent->name))
                check_condition(condition, *parent, place, mistakes);
        }
    }
    if (const auto cycle = find_cycle(dependencies); !cycle.empty())
        mistakes.add(pointer + "/" + json::escape_pointer(cycle.front()) + "/when",
                     "the conditions go round in a circle: " + join(cycle, " -> "));
}

}  // namespace tw
