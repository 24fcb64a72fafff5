#include "batch/submit_lines.hpp"

#include "base/text.hpp"

namespace tw {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.';
}

}  // namespace

std::vector<SubmitLine> submit_lines(std::string_view text) {
    std::vector<SubmitLine> lines;
    bool continued = false;
    for (int number = 1; !text.empty(); ++number) {
        std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        bool more = !line.empty() && line.back() == '\\', comment = !line.empty() && line[0] == '#';
        if (comment) {
            continued = continued && more;
            continue;
        }
        if (more) line.remove_suffix(1);
        if (!continued) lines.push_back({number, {}});
        lines.back().text += line;
        continued = more;
    }
    for (SubmitLine& line : lines) line.text = std::string(trim(line.text));
    std::erase_if(lines, [](const SubmitLine& line) { return line.text.empty(); });
    return lines;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool is_submit_name(std::string_view text) {
    if (text.empty() || !is_letter(text[0])) return false;
    for (char c : text) {
        if (!is_name_character(c)) return false;
    }
    return true;
}

bool split_assignment(std::string_view line, std::string& key, std::string& value) {
    std::size_t equals = line.find('=');
    if (equals == line.npos) return false;
    std::string_view name = trim(line.substr(0, equals));
    bool attribute = !name.empty() && name[0] == '+';
    if (!is_submit_name(trim(name.substr(attribute ? 1 : 0)))) return false;
    key = std::string(name);
    value = std::string(trim(line.substr(equals + 1)));
    return true;
}

}  // namespace tw
