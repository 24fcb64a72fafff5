#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/time.hpp"

namespace tw {

namespace {

// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can say.
constexpr double first_second = -62135596800.0, last_second = 253402300799.0;

bool take_digits(std::string_view& text, std::size_t count, int& out) {
    if (text.size() < count) return false;
    for (std::size_t i = 0; i < count; ++i)
        if (text[i] < '0' || text[i] > '9') return false;
    std::from_chars(text.data(), text.data() + count, out);
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text[0] != expected) return false;
    text.remove_prefix(1);
    return true;
}

// ".25" -> 0.25; no fraction is 0.
bool take_fraction(std::string_view& text, double& out) {
    out = 0;
    if (text.empty() || text[0] != '.') return true;
    if (text.size() < 2 || text[1] < '0' || text[1] > '9') return false;
    const auto [stop, failure] =
        std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return failure == std::errc();
}

}  // namespace

std::string format_instant(Instant instant, bool fraction) {
    namespace chrono = std::chrono;
    double seconds = instant.time_since_epoch().count();
    if (!std::isfinite(seconds)) seconds = 0;
    seconds = std::clamp(seconds, first_second, last_second);
    const auto milli =
        static_cast<std::int64_t>(fraction ? std::llround(seconds * 1000) : std::floor(seconds) * 1000);
    const chrono::sys_time<chrono::milliseconds> point{chrono::milliseconds(milli)};
    const auto midnight = chrono::floor<chrono::days>(point);
    const chrono::year_month_day date{midnight};
    const std::int64_t rest = (point - midnight).count();
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   rest / 3600000, rest / 60000 % 60, rest / 1000 % 60);
    if (fraction) text += fmt::format(".{:03}", rest % 1000);
    return text + "Z";
}

Result<Instant> parse_instant(std::string_view text) {
    namespace chrono = std::chrono;
    std::string_view rest = text;
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    double fraction = 0;
    const bool read = take_digits(rest, 4, year) && take(rest, '-') && take_digits(rest, 2, month) &&
                      take(rest, '-') && take_digits(rest, 2, day) && take(rest, 'T') &&
                      take_digits(rest, 2, hour) && take(rest, ':') && take_digits(rest, 2, minute) &&
                      take(rest, ':') && take_digits(rest, 2, second) && take_fraction(rest, fraction) &&
                      take(rest, 'Z') && rest.empty();
    const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                      chrono::day(static_cast<unsigned>(day))};
    if (!read || year < 1 || !date.ok() || hour > 23 || minute > 59 || second > 59)
        return fail(Code::invalid, fmt::format("'{}' is not a time such as 2026-11-20T13:05:07Z", text));
    const double days = chrono::sys_days(date).time_since_epoch().count();
    return Instant(Seconds(days * 86400 + hour * 3600 + minute * 60 + second + fraction));
}

}  // namespace tw
