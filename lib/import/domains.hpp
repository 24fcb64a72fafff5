// Private to lib/import: distributions as tools have them, as the domain of a parameter.
#pragma once

#include <optional>
#include <string>

#include "import/draft.hpp"

namespace tw::foreign {

// Numbers. With `log`, the bounds and the mean are values and the deviation is that of the natural logarithm.
struct Numbers {
    std::optional<double> low, high;  // none: without bounds, and then there is a mean
    bool whole = false, log = false;
    double q = 0;  // values are rounded to multiples of it; 0: they are not
    std::optional<double> mean, deviation;
};

// 0.3, not 0.30000000000000004: for what was computed.
double without_noise(double value);

// Sets type and domain of `parameter`: numbers whose bounds are the same are a fixed one. What cannot be
// carried over as it stands is noted at `pointer`, what makes no sense is a mistake there.
void set_numbers(Parameter& parameter, Numbers numbers, const std::string& pointer, Draft& draft);

// `weights`: one for each, or empty.
void set_choices(Parameter& parameter, const json::Value& list, std::vector<double> weights,
                 const std::string& pointer, Draft& draft);

void set_fixed(Parameter& parameter, const json::Value& value, const std::string& pointer, Draft& draft);

// A value that a job can be given: lists and objects become their JSON text, which is noted.
Scalar scalar_of(const json::Value& value, const std::string& pointer, Draft& draft);

// The default, if it is one that fits; else that is noted.
void set_default(Parameter& parameter, const json::Value& value, const std::string& pointer, Draft& draft);

// A number under `key` of an object; a mistake if it is anything else or, being required, missing.
std::optional<double> number_at(const json::Value& object, const std::string& key, const std::string& pointer,
                                Draft& draft, bool required = true);

// Lists of so many numbers, as in [low, high, q]; a mistake otherwise, and then nothing.
std::optional<std::vector<double>> numbers_of(const json::Value& list, std::size_t count,
                                              const std::string& pointer, Draft& draft);

}  // namespace tw::foreign
