#include "records/expression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tw {

namespace {

using Op = Expression::Op;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A number that is not there is NaN, and so is whatever is computed from it.
double number_of(const Scalar& value) {
    double number = nan;
    as_number(value, number);
    return number;
}

bool truth_of(const Scalar& value) {
    const bool* truth = std::get_if<bool>(&value);
    return truth && *truth;
}

bool is_nan(const Scalar& value) {
    const double* number = std::get_if<double>(&value);
    return number && std::isnan(*number);
}

double binary(Op op, double a, double b) {
    switch (op) {
        case Op::add: return a + b;
        case Op::subtract: return a - b;
        case Op::multiply: return a * b;
        case Op::divide: return a / b;
        case Op::modulo: return a - b * std::floor(a / b);
        case Op::power: return std::isnan(a) || std::isnan(b) ? nan : std::pow(a, b);
        default: return nan;
    }
}

bool compared(Op op, const Scalar& x, const Scalar& y) {
    if (is_nan(x) || is_nan(y)) return false;
    if (op == Op::equal) return same_value(x, y);
    if (op == Op::unequal) return !same_value(x, y);
    const double a = number_of(x), b = number_of(y);
    switch (op) {
        case Op::less: return a < b;
        case Op::less_equal: return a <= b;
        case Op::greater: return a > b;
        case Op::greater_equal: return a >= b;
        default: return false;
    }
}

double unary(Op op, double a) {
    switch (op) {
        case Op::negate: return -a;
        case Op::absolute: return std::abs(a);
        case Op::logarithm: return std::log(a);
        case Op::exponential: return std::exp(a);
        case Op::root: return std::sqrt(a);
        case Op::floor: return std::floor(a);
        case Op::ceil: return std::ceil(a);
        case Op::round: return std::round(a);
        default: return nan;
    }
}

// Of the last `count`, which leave.
double extreme(Op op, std::vector<Scalar>& stack, int count) {
    double result = number_of(stack.back());
    for (stack.pop_back(); --count > 0; stack.pop_back()) {
        const double other = number_of(stack.back());
        const bool taken = op == Op::minimum ? other < result : other > result;
        if (taken || std::isnan(other)) result = std::isnan(result) ? result : other;
    }
    return result;
}

Scalar pop(std::vector<Scalar>& stack) {
    Scalar top = std::move(stack.back());
    stack.pop_back();
    return top;
}

Scalar applied(Op op, std::vector<Scalar>& stack) {
    const Scalar last = pop(stack);
    if (op == Op::negation) return !truth_of(last);
    if (op == Op::negate || op >= Op::absolute) return unary(op, number_of(last));
    const Scalar first = pop(stack);
    if (op == Op::both) return truth_of(first) && truth_of(last);
    if (op == Op::either) return truth_of(first) || truth_of(last);
    if (op >= Op::less && op <= Op::unequal) return compared(op, first, last);
    return binary(op, number_of(first), number_of(last));
}

}  // namespace

bool Expression::holds(const Params& params) const {
    const auto missing = [&](const std::string& name) { return !params.contains(name); };
    if (std::any_of(mentioned_.begin(), mentioned_.end(), missing)) return true;
    std::vector<Scalar> stack;
    for (const Step& step : steps_) {
        Scalar result;
        switch (step.op) {
            case Op::value: result = step.operand; break;
            case Op::parameter: result = params.at(std::get<std::string>(step.operand)); break;
            case Op::active: result = params.contains(std::get<std::string>(step.operand)); break;
            case Op::minimum:
            case Op::maximum: result = extreme(step.op, stack, step.count); break;
            default: result = applied(step.op, stack);
        }
        stack.push_back(std::move(result));
    }
    return stack.empty() || truth_of(stack.back());
}

}  // namespace tw
