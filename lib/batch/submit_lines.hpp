// A submit description's text as logical lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

struct SubmitLine {
    int number = 0;    // of its first physical line, from 1
    std::string text;  // trimmed, never empty, continued lines joined
};

// Without blank lines and comments. A comment inside a continued line goes on only by its own backslash.
std::vector<SubmitLine> submit_lines(std::string_view text);

// ASCII only: keys and keywords are case-insensitive.
std::string lower_case(std::string_view text);

// [A-Za-z_][A-Za-z0-9_.]*
bool is_submit_name(std::string_view text);

// A key=value line, e.g. "executable = run.sh" or "+Tag = 1"; false for anything else.
bool split_assignment(std::string_view line, std::string& key, std::string& value);

}  // namespace tw
