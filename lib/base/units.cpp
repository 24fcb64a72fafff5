#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::string_view unit_letters = "KMGTP";

// "", "k", "GB", "GiB" -> power of 1024; -1 for anything else.
int unit_power(std::string_view unit) {
    if (unit.empty() || unit == "B" || unit == "b") return 0;
    const char letter = static_cast<char>(unit[0] >= 'a' ? unit[0] - 'a' + 'A' : unit[0]);
    const std::size_t index = unit_letters.find(letter);
    const std::string_view rest = unit.substr(1);
    if (index == std::string_view::npos || !(rest.empty() || rest == "B" || rest == "b" || rest == "iB"))
        return -1;
    return static_cast<int>(index) + 1;
}

}  // namespace

Result<std::int64_t> parse_bytes(std::string_view text) {
    const std::string_view body = trim(text);
    double number = 0;
    const auto [stop, failure] =
        std::from_chars(body.data(), body.data() + body.size(), number, std::chars_format::fixed);
    const std::size_t used = static_cast<std::size_t>(stop - body.data());
    const int power = failure == std::errc() ? unit_power(trim(body.substr(used))) : -1;
    const double bytes = power < 0 ? -1 : std::ldexp(number, 10 * power);
    if (!(bytes >= 0 && bytes < 0x1p62) || std::signbit(number)) {
        Error error{Code::invalid, fmt::format("'{}' is not an amount of memory", text)};
        error.hint = "write bytes, or a number with K, M, G or T, such as 512M or 1.5G";
        return fail(error);
    }
    return static_cast<std::int64_t>(std::llround(bytes));
}

std::string format_bytes(std::int64_t bytes) {
    if (bytes < 0) return "-" + format_bytes(bytes == INT64_MIN ? INT64_MAX : -bytes);
    if (bytes < 1024) return std::to_string(bytes);
    int power = 0;
    double number = static_cast<double>(bytes);
    for (; number >= 1023.95 && power < static_cast<int>(unit_letters.size()); ++power) number /= 1024;
    std::string text = fmt::format("{:.1f}", number);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return power == 0 ? text : text + unit_letters[static_cast<std::size_t>(power - 1)];
}

}  // namespace tw
