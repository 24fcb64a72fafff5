// The options in the #SBATCH lines of a batch script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw::slurm {

struct ScriptLine {
    int number = 0;    // from 1
    std::string text;  // as it stands, without the line's end
};

// Those before the first command; comments and blank lines do not count.
std::vector<ScriptLine> option_lines(const std::string& text);

struct ScriptOption {
    std::string name;   // long, or one letter
    std::string value;  // what follows it, where that is no option itself
    int line = 0;
};

// As sbatch splits a line into words: quotes, backslashes, and '#' for the rest of the line.
std::vector<ScriptOption> options_of(const std::vector<ScriptLine>& lines);

// Whether this option is --FULL: sbatch takes any beginning that is clear, or the letter.
bool means(const ScriptOption& option, std::string_view full, char letter);

}  // namespace tw::slurm
