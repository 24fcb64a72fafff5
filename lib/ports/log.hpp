// Lines for the person who reads the program's log. What to print where is the program's business.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace tw {

class Log {
public:
    enum class Level { info, warn, error };
    virtual ~Log() = default;
    virtual void write(Level level, const std::string& line) = 0;

    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) {
        write(Level::info, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) {
        write(Level::warn, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) {
        write(Level::error, fmt::format(format, std::forward<Args>(args)...));
    }
};

}  // namespace tw
