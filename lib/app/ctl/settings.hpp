// Parameters as a command line gives them: `lr=0.01`, and sweeps `model=a,b` or `it=range(3)`.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "records/space.hpp"

namespace tw {

// `text` as a value of the parameter: a choice by its text, 3 as 3.0 where it is real, 3.0 as 3 where it is
// an integer. Null: a parameter that the space does not know.
Scalar typed_value(const Parameter* parameter, const std::string& text);

Result<Params> read_settings(const Space& space, const std::vector<std::string>& words);

// Every combination, the first sweep varying slowest; one empty combination for no sweep.
Result<std::vector<Params>> expand_sweeps(const Space& space, const std::vector<std::string>& words);

// Completed by defaults; fits() holds for it. A space without parameters takes anything.
Result<Params> complete_params(const Space& space, const Params& given);

}  // namespace tw
