// A process's environment as a list of "NAME=VALUE".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

// "" where it is not set.
inline std::string variable_of(const std::vector<std::string>& environment, std::string_view name) {
    for (const std::string& entry : environment)
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
    return "";
}

}  // namespace tw
