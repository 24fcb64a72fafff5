#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "base/time.hpp"

namespace tw {

namespace {

constexpr double minute = 60, hour = 3600, day = 86400;
constexpr double longest = 1e6 * day;

std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.')) return {};
    const auto [stop, failure] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (failure != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return number;
}

std::optional<double> take_unit(std::string_view& text) {
    constexpr std::pair<std::string_view, double> units[] = {
        {"ms", 0.001}, {"s", 1}, {"m", minute}, {"h", hour}, {"d", day}};
    for (const auto& [name, seconds] : units) {
        if (!text.starts_with(name)) continue;
        text.remove_prefix(name.size());
        return seconds;
    }
    return {};
}

// "1h30m", "1h 02m": units must fall, so that "1m30h" is seen as the slip that it is.
std::optional<double> with_units(std::string_view text) {
    double total = 0, last_unit = INFINITY;
    while (!text.empty()) {
        const auto number = take_number(text);
        const auto unit = number ? take_unit(text) : std::nullopt;
        if (!unit || *unit >= last_unit) return {};
        total += *number * *unit;
        last_unit = *unit;
        text = trim(text);
    }
    return total;
}

// "01:30:00", hours first, whole numbers only.
std::optional<double> with_colons(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() != 3 || text.find('.') != std::string_view::npos) return {};
    double total = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        std::string_view part = parts[i];
        const auto number = take_number(part);
        if (!number || !part.empty() || (i > 0 && (*number >= 60 || parts[i].size() > 2))) return {};
        total = total * 60 + *number;
    }
    return total;
}

std::optional<double> read_duration(std::string_view text) {
    if (text.empty()) return {};
    if (text.find(':') != std::string_view::npos) return with_colons(text);
    std::string_view rest = text;
    const auto bare = take_number(rest);
    return bare && rest.empty() ? bare : with_units(text);
}

}  // namespace

Result<Seconds> parse_duration(std::string_view text) {
    const auto seconds = read_duration(trim(text));
    if (seconds && *seconds <= longest) return Seconds(*seconds);
    Error error{Code::invalid, fmt::format("'{}' is not a length of time", text)};
    error.hint = "write seconds, or such as 45s, 10m, 1h30m, 2d or 01:30:00";
    return fail(error);
}

std::string format_duration(Seconds duration) {
    const double seconds = duration.count();
    if (!std::isfinite(seconds)) return "?";
    if (seconds < 0) return "-" + format_duration(-duration);
    if (seconds < 9.95) {
        const std::string text = fmt::format("{:.1f}", seconds);
        return (text.ends_with(".0") ? text.substr(0, text.size() - 2) : text) + "s";
    }
    const auto whole = static_cast<std::int64_t>(std::llround(std::min(seconds, 1e15)));
    if (whole < 60) return fmt::format("{}s", whole);
    if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
    if (whole < 86400) return fmt::format("{}h {:02}m", whole / 3600, whole / 60 % 60);
    return fmt::format("{}d {:02}h", whole / 86400, whole / 3600 % 24);
}

}  // namespace tw
