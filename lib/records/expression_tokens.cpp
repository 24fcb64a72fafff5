#include "records/expression_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

namespace tw {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// What other languages write.
std::string meant_by(std::string_view rest) {
    static const std::map<std::string_view, std::string> others{
        {"&&", "and"}, {"||", "or"}, {"**", "^"}, {"=", "=="}, {"!", "not"}, {"&", "and"}, {"|", "or"}};
    for (const std::size_t length : {2u, 1u})
        if (const auto found = others.find(rest.substr(0, length)); found != others.end())
            return "write " + found->second;
    return "";
}

class Reader {
public:
    explicit Reader(const std::string& text) : text_(text) {}

    Result<Token> next() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
        Token token;
        token.place = at_;
        if (at_ == text_.size()) return token;
        const char c = text_[at_];
        if (is_digit(c)) return number(token);
        if (is_letter(c)) return word(token);
        if (c == '\'' || c == '"') return quoted(token, TokenKind::text, c);
        if (c == '{') return quoted(token, TokenKind::name, '}');
        return sign(token);
    }

private:
    Result<Token> number(Token token) {
        const char* begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), token.number);
        if (error != std::errc{}) return fail_at(text_, at_, "no double can hold this number");
        token.kind = TokenKind::number;
        token.text.assign(begin, end);
        at_ += token.text.size();
        return token;
    }

    Result<Token> word(Token token) {
        const auto part = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; };
        while (at_ < text_.size() && part(text_[at_])) token.text += text_[at_++];
        token.kind = TokenKind::word;
        return token;
    }

    Result<Token> quoted(Token token, TokenKind kind, char end) {
        const std::size_t close = text_.find(end, at_ + 1);
        if (close == std::string::npos)
            return fail_at(text_, at_, fmt::format("this {} has no end", text_[at_]),
                           fmt::format("add {}", end));
        token.kind = kind;
        token.text = text_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
        return token;
    }

    Result<Token> sign(Token token) {
        static const std::vector<std::string> signs{"<=", ">=", "==", "!=", "<", ">", "+", "-",
                                                    "*",  "/",  "%",  "^",  "(", ")", ","};
        const std::string_view rest = std::string_view(text_).substr(at_);
        if (rest.starts_with("**"))
            return fail_at(text_, at_, "'**' is no sign of an expression", meant_by(rest));
        const auto found = std::find_if(signs.begin(), signs.end(),
                                        [&](const std::string& s) { return rest.starts_with(s); });
        if (found == signs.end())
            return fail_at(text_, at_, fmt::format("'{}' is no sign of an expression", shown(rest)),
                           meant_by(rest));
        token.kind = TokenKind::sign;
        token.text = *found;
        at_ += token.text.size();
        return token;
    }

    // One character, whole where it is UTF-8.
    static std::string shown(std::string_view rest) {
        std::size_t length = 1;
        while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80) ++length;
        return std::string(rest.substr(0, length));
    }

    const std::string& text_;
    std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<Token>> read_tokens(const std::string& text) {
    std::vector<Token> tokens;
    Reader reader(text);
    do {
        auto token = reader.next();
        if (!token) return fail(token.error());
        tokens.push_back(std::move(*token));
    } while (tokens.back().kind != TokenKind::end);
    return tokens;
}

tl::unexpected<Error> fail_at(const std::string& text, std::size_t place, const std::string& what,
                              std::string hint) {
    const std::string before = text.substr(0, place);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t begin = before.rfind('\n') == std::string::npos ? 0 : before.rfind('\n') + 1;
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    const auto column =
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(begin), before.end(), starts);
    return fail({Code::invalid,
                 fmt::format("line {}, column {}: {}", lines + 1, column, what),
                 {},
                 {},
                 0,
                 std::move(hint)});
}

}  // namespace tw
