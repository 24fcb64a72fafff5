// Walks over JSON text for what the parser cannot tell: places of values, and bare NaN.
#include <cstring>
#include <limits>

#include "base/text.hpp"
#include "records/json_reader.hpp"

namespace tw::json {

namespace {

// Just behind the string that begins at `at`.
std::size_t skip_string(const std::string& text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("_.+-", c);
}

// Finds the value at one pointer in a well-formed text. Depth is bounded by the parser's limit; names off the
// way are passed over, so that the time is that of one walk.
class Locator {
public:
    Locator(const std::string& text, const std::string& pointer) : text_(text) {
        if (!pointer.empty()) wanted_ = split(std::string_view(pointer).substr(1), '/');
    }

    int line() {
        value(0, true);
        return found_;
    }

private:
    const std::string& text_;
    std::vector<std::string> wanted_;  // escaped
    std::size_t at_ = 0;
    int line_ = 1, found_ = 0;

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void advance_to(std::size_t end) {
        for (end = std::min(end, text_.size()); at_ < end; ++at_) line_ += text_[at_] == '\n';
    }

    void skip_comment() {
        const bool block = text_.compare(at_, 2, "/*") == 0;
        const std::size_t end = text_.find(block ? "*/" : "\n", at_ + 2);
        advance_to(end == std::string::npos ? end : end + (block ? 2 : 1));
    }

    // Whitespace, comments, a byte order mark, and the given separator.
    void skip_blank(char separator = ' ') {
        for (; at_ < text_.size();) {
            if (peek() == '/')
                skip_comment();
            else if (peek() == separator || std::strchr(" \t\r\n\xEF\xBB\xBF", peek()))
                advance_to(at_ + 1);
            else
                return;
        }
    }

    std::string key() {
        const std::size_t end = skip_string(text_, at_);
        const std::string quoted = text_.substr(at_, end - at_);
        advance_to(end);
        if (quoted.find('\\') == std::string::npos) return quoted.substr(1, quoted.size() - 2);
        const Value name = Value::parse(quoted, nullptr, false);
        return name.is_string() ? name.get<std::string>() : std::string();
    }

    // `depth` parts of the pointer led here, if it is on the way. The last one wins: of a repeated key that
    // is the one to delete.
    void value(std::size_t depth, bool on_way) {
        skip_blank();
        if (on_way && depth == wanted_.size()) found_ = line_;
        if (peek() == '{' || peek() == '[')
            container(depth, on_way && depth < wanted_.size(), peek() == '{');
        else if (peek() == '"')
            advance_to(skip_string(text_, at_));
        else
            while (at_ < text_.size() && in_word(peek())) ++at_;
    }

    bool is_next(std::size_t depth, bool named, std::size_t index) {
        return (named ? escape_pointer(key()) : std::to_string(index)) == wanted_[depth];
    }

    void container(std::size_t depth, bool on_way, bool object) {
        advance_to(at_ + 1);
        for (std::size_t index = 0;; ++index) {
            skip_blank(',');
            if (at_ >= text_.size() || peek() == '}' || peek() == ']') break;
            const std::size_t before = at_;
            const bool named = object && peek() == '"', next = on_way && is_next(depth, named, index);
            if (named && !on_way) advance_to(skip_string(text_, at_));
            skip_blank(':');
            value(depth + 1, next);
            if (at_ == before) break;
        }
        advance_to(at_ + 1);
    }
};

}  // namespace

int line_of(const std::string& text, const std::string& pointer) {
    return Locator(text, pointer).line();
}

namespace {

struct BareNumber {
    const char* name;
    const char* spelling;  // zero, as nobody writes it
    double value;
};
constexpr BareNumber bare_numbers[] = {{"NaN", "0.0E-0001", std::numeric_limits<double>::quiet_NaN()},
                                       {"Infinity", "0.0E-0002", std::numeric_limits<double>::infinity()},
                                       {"-Infinity", "0.0E-0003", -std::numeric_limits<double>::infinity()}};

// `last`: the text ends with the word.
std::string replaced_word(const std::string& word, bool last) {
    double value = 0;
    if (bare_nan(word, value)) return "0.0";  // somebody did write it
    for (const BareNumber& number : bare_numbers) {
        if (word == number.name) return number.spelling;
        if (last && std::string_view(number.name).starts_with(word)) return {};
    }
    return word;
}

}  // namespace

std::string replace_bare_nan(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (text[at] == '"') end = skip_string(text, at);
        const bool word = in_word(text[at]);
        while (word && end < text.size() && in_word(text[end])) ++end;
        if (word)
            result += replaced_word(text.substr(at, end - at), end == text.size());
        else
            result.append(text, at, end - at);
        at = end;
    }
    return result;
}

bool bare_nan(const std::string& spelling, double& out) {
    for (const BareNumber& number : bare_numbers) {
        if (spelling != number.spelling) continue;
        out = number.value;
        return true;
    }
    return false;
}

}  // namespace tw::json
