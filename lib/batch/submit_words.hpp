// The two quoting syntaxes of `arguments` and `environment`: old, and new (all in double quotes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tw {

Result<std::vector<std::string>> parse_submit_arguments(std::string_view value);
Result<std::vector<std::string>> parse_submit_environment(std::string_view value);  // "K=V"

}  // namespace tw
