// Path text as FileSystem takes it; shared by every FileSystem, so that all refuse alike.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tw {

// Without empty and "." components; "" is the root. Code::refused for absolute paths, ".." and NUL.
Result<std::string> normal_path(std::string_view path);

// "a/b/c" -> {"a/b", "c"}; "c" -> {"", "c"}. `normal` as normal_path gave it; the views point into it.
struct SplitPath {
    std::string_view directory, name;
};
SplitPath split_path(std::string_view normal);

}  // namespace tw
