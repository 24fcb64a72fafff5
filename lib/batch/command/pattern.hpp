// Regular expressions with named groups.
#pragma once

#include <map>
#include <regex>
#include <string>

#include "base/result.hpp"

namespace tw::command {

// std::regex knows no names, and its matcher calls itself for each character: longer texts than this are not
// looked at.
inline constexpr std::size_t longest_text = 4096;

class Pattern {
public:
    static Result<Pattern> parse(const std::string& text);  // Code::invalid with what is wrong

    bool is_in(const std::string& text) const;  // somewhere in the first bytes
    bool is_all(const std::string& text) const;

    // The named groups that took part in a match somewhere in the text; false: there is none.
    bool find(const std::string& text, std::map<std::string, std::string>& groups) const;
    bool has(const std::string& group) const { return groups_.contains(group); }

private:
    std::regex regex_;
    std::map<std::string, std::size_t> groups_;
};

}  // namespace tw::command
