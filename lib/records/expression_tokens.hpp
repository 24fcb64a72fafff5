// The words of an expression. Private to its parser; not installed.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw {

enum class TokenKind { number, text, word, name, sign, end };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;  // of a text and a {name}: what is between
    double number = 0;
    std::size_t place = 0;  // of its first byte
};

// Ends with one of kind `end`.
Result<std::vector<Token>> read_tokens(const std::string& text);

// Says line and column of a byte of `text`, from 1.
tl::unexpected<Error> fail_at(const std::string& text, std::size_t place, const std::string& what,
                              std::string hint = {});

}  // namespace tw
