// Walks over JSON text for what the parser cannot tell: places of values, and bare NaN.
#include <cstring>

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

// Finds the value at one pointer in a well-formed text. Depth is bounded by the parser's limit.
class Locator {
public:
    Locator(const std::string& text, const std::string& wanted) : text_(text), wanted_(wanted) {}

    int line() {
        value("");
        return found_;
    }

private:
    const std::string& text_;
    const std::string& wanted_;
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

    // The last one wins: of a repeated key that is the one to delete.
    void value(const std::string& pointer) {
        skip_blank();
        if (pointer == wanted_) found_ = line_;
        if (peek() == '{' || peek() == '[')
            container(pointer, peek() == '{');
        else if (peek() == '"')
            advance_to(skip_string(text_, at_));
        else
            while (at_ < text_.size() && in_word(peek())) ++at_;
    }

    void container(const std::string& pointer, bool object) {
        advance_to(at_ + 1);
        for (std::size_t index = 0;; ++index) {
            skip_blank(',');
            if (at_ >= text_.size() || peek() == '}' || peek() == ']') break;
            const std::size_t before = at_;
            const std::string name = object && peek() == '"' ? escape_pointer(key()) : std::to_string(index);
            skip_blank(':');
            value(pointer + "/" + name);
            if (at_ == before) break;
        }
        advance_to(at_ + 1);
    }
};

}  // namespace

int line_of(const std::string& text, const std::string& pointer) {
    return Locator(text, pointer).line();
}

std::string replace_bare_nan(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (text[at] == '"') {
            end = skip_string(text, at);
        } else if (in_word(text[at])) {
            while (end < text.size() && in_word(text[end])) ++end;
        }
        std::string word = text.substr(at, end - at);
        for (const std::string name : {"NaN", "Infinity", "-Infinity"}) {
            if (word == name)
                word = "\"\\u0001" + name + "\"";
            else if (end == text.size() && name.starts_with(word))
                word.clear();
        }
        result += word;
        at = end;
    }
    return result;
}

}  // namespace tw::json
