// Points in time and lengths of time. Pure: nobody here asks a clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tw {

using Seconds = std::chrono::duration<double>;

// Wall-clock seconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::time_point<std::chrono::system_clock, Seconds>;

// "90", "90s", "10m", "1h30m", "2d", "01:30:00". Negative or empty text is an error.
Result<Seconds> parse_duration(std::string_view text);
std::string format_duration(Seconds duration);  // "1h 02m", "45s", "0.3s"

// "2026-11-20T13:05:07Z"; milliseconds are kept when `fraction`.
std::string format_instant(Instant instant, bool fraction = false);
Result<Instant> parse_instant(std::string_view text);

}  // namespace tw
