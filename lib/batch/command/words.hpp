// A command line with places for values; the grammar is in command.hpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw::command {

// Values by name; a name that is not there, or has no words, is missing. More than one word: each becomes a
// word of its own.
using Values = std::map<std::string, std::vector<std::string>>;

class CommandWords {
public:
    // Code::invalid for quotes and brackets that are not closed, for names that are none of `names`, for no
    // words at all.
    static Result<CommandWords> parse(const std::string& text, const std::vector<std::string>& names);

    // A missing value outside of [ ] is empty text; a word of nothing but that is left out.
    std::vector<std::string> fill(const Values& values) const;
    bool mentions(const std::string& name) const;

private:
    enum class Kind { text, value, space, open, close };
    struct Piece {
        Kind kind;
        std::string text;
    };
    class Filler;
    std::vector<Piece> pieces_;
    friend class CommandReader;
};

}  // namespace tw::command
