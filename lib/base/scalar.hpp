// A parameter's value: any JSON scalar.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace tw {

using Scalar = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string>;

// Parameters by name, in name order.
using Params = std::map<std::string, Scalar>;

// As a script or a command line wants to read it: strings bare, numbers in the shortest form that
// reads back exactly (a double keeps a '.' or an exponent), true/false/null.
std::string to_text(const Scalar& value);

// The reverse for command lines: `3` int, `3.0` double, `true` bool, `null`, anything else a string.
Scalar scalar_from_text(const std::string& text);

// Equal as parameter values: 1 and 1.0 are the same number, "1" is not.
bool same_value(const Scalar& a, const Scalar& b);

// The numeric value of an int or a double. Anything else: false, `out` untouched.
bool as_number(const Scalar& value, double& out);

// 27 for 27.0, which a shell can count to; 2.5 stays.
Scalar whole_if_possible(double value);

}  // namespace tw
