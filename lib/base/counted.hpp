// "1 trial", "2 trials": numbers of things in messages.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace tw {

// `what` is a noun whose plural takes an s.
std::string counted(std::integral auto count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace tw
