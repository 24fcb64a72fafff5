#include "batch/command/pattern.hpp"

#include <fmt/format.h>

namespace tw::command {

namespace {

// "(?<id>\d+)" becomes "(\d+)", and id the number of that group.
std::string take_names(const std::string& text, std::map<std::string, std::size_t>& groups) {
    std::string plain;
    std::size_t count = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        plain += text[i];
        if (text[i] == '\\') {
            if (i + 1 < text.size()) plain += text[++i];
            continue;
        }
        if (text[i] == '[' || text[i] == ']') in_class = text[i] == '[';
        if (text[i] != '(' || in_class) continue;
        bool special = i + 1 < text.size() && text[i + 1] == '?';
        bool named = special && i + 2 < text.size() && text[i + 2] == '<';
        std::size_t end = named ? text.find('>', i) : text.npos;
        if (!special || end != text.npos) ++count;
        if (end == text.npos) continue;
        groups[text.substr(i + 3, end - i - 3)] = count;
        i = end;
    }
    return plain;
}

}  // namespace

Result<Pattern> Pattern::parse(const std::string& text) {
    Pattern pattern;
    std::string plain = take_names(text, pattern.groups_);
    try {
        pattern.regex_.assign(plain, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error& error) {
        return fail(Code::invalid, fmt::format("it is no regular expression: {}", error.what()));
    }
    return pattern;
}

bool Pattern::is_in(const std::string& text) const {
    std::map<std::string, std::string> groups;
    return find(text.substr(0, longest_text), groups);
}

// A pattern that needs too much memory or time for this text does not match it.
bool Pattern::is_all(const std::string& text) const {
    if (text.size() > longest_text) return false;
    try {
        return std::regex_match(text, regex_);
    } catch (const std::regex_error&) {
        return false;
    }
}

bool Pattern::find(const std::string& text, std::map<std::string, std::string>& groups) const {
    if (text.size() > longest_text) return false;
    std::smatch match;
    try {
        if (!std::regex_search(text, match, regex_)) return false;
    } catch (const std::regex_error&) {
        return false;
    }
    for (auto& [name, number] : groups_)
        if (number < match.size() && match[number].matched) groups[name] = match[number].str();
    return true;
}

}  // namespace tw::command
