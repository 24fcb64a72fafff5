// errno as an Error.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace tw {

// "cannot <action> <path>: <system text>". Reads no global: `number` is an errno value.
Error system_error(int number, std::string_view action, std::string_view path);

// The same from the current errno, as a failed result.
tl::unexpected<Error> fail_errno(std::string_view action, std::string_view path);

}  // namespace tw
