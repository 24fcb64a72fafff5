#include "base/scalar.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace tw {

namespace {

struct TextOf {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(double value) const {
        std::string text = fmt::format("{}", value);
        if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }
};

// "nan", "inf", "+1" and "007" are words, not numbers.
bool looks_like_number(const std::string& text) {
    const std::size_t first = text[0] == '-' ? 1 : 0;
    if (text.size() == first) return false;
    auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    if (text[first] == '.') return digit(first + 1);
    return digit(first) && !(text[first] == '0' && digit(first + 1));
}

template <class Number>
bool whole_text(const std::string& text, Number& number) {
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc() && stop == end;
}

// Without the rounding that a conversion to double does beyond 2^53.
bool same_number(std::int64_t a, double b) {
    return b >= -0x1p63 && b < 0x1p63 && static_cast<double>(static_cast<std::int64_t>(b)) == b &&
           static_cast<std::int64_t>(b) == a;
}

}  // namespace

Scalar whole_if_possible(double value) {
    const bool whole = value >= -0x1p53 && value <= 0x1p53 && std::floor(value) == value;
    return whole ? Scalar{static_cast<std::int64_t>(value)} : Scalar{value};
}

std::string to_text(const Scalar& value) {
    return std::visit(TextOf{}, value);
}

Scalar scalar_from_text(const std::string& text) {
    if (text == "true") return true;
    if (text == "false") return false;
    if (text == "null") return nullptr;
    if (text.empty() || !looks_like_number(text)) return text;
    std::int64_t whole = 0;
    double number = 0;
    if (whole_text(text, whole)) return whole;
    if (whole_text(text, number) && std::isfinite(number)) return number;
    return text;
}

bool same_value(const Scalar& a, const Scalar& b) {
    if (a.index() == b.index()) return a == b;
    const auto* whole = std::get_if<std::int64_t>(&a);
    const auto* real = std::get_if<double>(&b);
    if (!whole && !real) {
        whole = std::get_if<std::int64_t>(&b);
        real = std::get_if<double>(&a);
    }
    return whole && real && same_number(*whole, *real);
}

bool as_number(const Scalar& value, double& out) {
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        out = static_cast<double>(*whole);
    else if (const auto* real = std::get_if<double>(&value))
        out = *real;
    else
        return false;
    return true;
}

}  // namespace tw
