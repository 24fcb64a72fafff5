// The search space as the user declared it. Plain data; drawn from by lib/optimize.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "records/expression.hpp"

namespace tw {

enum class ParameterType { real, integer, categorical, fixed };

// One parent's test inside `when`: the parent's value is one of `values`, or lies in the range.
struct Condition {
    std::string parent;
    std::vector<Scalar> values;  // empty when it is a range
    std::optional<double> ge, gt, le, lt;
};

// What is believed of a parameter before there are results.
struct Prior {
    // real, integer: a normal distribution, cut off at low and high. The mean lies between these; with `log`
    // it is the median, and std (above 0) that of the natural logarithm.
    double mean = 0, std = 0;
    std::vector<double> weights;  // categorical: one per choice, 0 or more, their sum finite and above 0
};

struct Parameter {
    std::string name;
    ParameterType type = ParameterType::fixed;
    double low = 0, high = 0;  // real, integer: both included
    double step = 0;           // 0: none (real) or 1 (integer); grid is low, low+step, ... <= high
    bool log = false;          // low > 0; not together with step on a real
    std::vector<Scalar> choices;
    bool ordered = false;  // categorical: each choice lies between its neighbours
    Scalar value;          // fixed
    std::optional<Scalar> default_value;
    std::vector<Condition> when;  // all must hold; a parent that is itself inactive fails it
    std::optional<Prior> prior;   // not of a fixed one
};

// In declaration order; parents may stand anywhere, cycles are refused when read.
struct Space {
    std::vector<Parameter> parameters;
    std::vector<Expression> constraints = {};  // a proposal meets them all

    const Parameter* find(std::string_view name) const;
};

// Whether `parameter` takes part given the values chosen so far (parents already decided).
bool is_active(const Space& space, const Parameter& parameter, const Params& chosen);

// Parents before children.
std::vector<const Parameter*> decision_order(const Space& space);

// The value is of the parameter's kind and inside its domain, whether the parameter is active or not.
Status in_domain(const Parameter& parameter, const Scalar& value);

// Every active parameter has a value inside its domain, no inactive one has a value, and there is no
// value of a parameter that the space does not know.
// Errors name the parameter and the value. Numbers off a step grid by rounding only are accepted.
Status fits(const Space& space, const Params& params);

// The first constraint that `params`, for which fits() holds, does not meet; null: none. No part of fits(): a
// trial that somebody made nevertheless runs and is learned from.
const Expression* broken_constraint(const Space& space, const Params& params);

// The same as an error that names the constraint and the values.
Status meets_constraints(const Space& space, const Params& params);

// The configuration made of defaults; nothing if an active parameter has none, or if it breaks a constraint.
std::optional<Params> default_configuration(const Space& space);

// `params` of an older space completed for this one by the defaults of new parameters; parameters
// that no longer exist are dropped. An error names the first parameter that does not fit.
Result<Params> carry_over(const Space& space, const Params& params);

}  // namespace tw
