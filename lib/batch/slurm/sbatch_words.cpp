#include "batch/slurm/sbatch_words.hpp"

#include "base/text.hpp"

namespace tw::slurm {

namespace {

constexpr std::string_view magic = "#SBATCH";

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// Reads one word at `at` and leaves it behind the word; "" at the end of what counts.
std::string take_word(std::string_view text, std::size_t& at) {
    while (at < text.size() && is_blank(text[at])) ++at;
    std::string word;
    char quote = 0;
    if (at < text.size() && text[at] == '#') at = text.size();
    for (; at < text.size() && (quote || !is_blank(text[at])); ++at) {
        char c = text[at];
        if (c == '\\' && quote != '\'' && at + 1 < text.size())
            word += text[++at];
        else if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? 0 : c;
        else
            word += c;
    }
    return word;
}

}  // namespace

std::vector<ScriptLine> option_lines(const std::string& text) {
    std::vector<ScriptLine> lines;
    int number = 0;
    for (const std::string& line : split(text, '\n')) {
        ++number;
        std::string_view content = trim(line);
        if (!content.empty() && content[0] != '#') break;
        if (line.starts_with(magic) && (line.size() == magic.size() || trim(line.substr(magic.size(), 1)).empty()))
            lines.push_back({number, line});
    }
    return lines;
}

std::vector<ScriptOption> options_of(const std::vector<ScriptLine>& lines) {
    std::vector<ScriptOption> options;
    for (const ScriptLine& line : lines) {
        std::size_t at = magic.size();
        for (std::string word = take_word(line.text, at); !word.empty(); word = take_word(line.text, at)) {
            if (word.starts_with("--")) {
                std::size_t equals = word.find('=');
                std::string value = equals == word.npos ? "" : word.substr(equals + 1);
                options.push_back({word.substr(2, equals == word.npos ? equals : equals - 2), value, line.number});
            } else if (word.size() > 1 && word[0] == '-') {
                options.push_back({word.substr(1, 1), word.substr(2), line.number});
            } else if (!options.empty() && options.back().line == line.number && options.back().value.empty()) {
                options.back().value = word;
            } else {
                options.push_back({"", word, line.number});
            }
        }
    }
    return options;
}

bool means(const ScriptOption& option, std::string_view full, char letter) {
    if (option.name.size() == 1) return option.name[0] == letter;
    return option.name.size() > 1 && full.starts_with(option.name);
}

}  // namespace tw::slurm
