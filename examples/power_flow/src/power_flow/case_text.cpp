#include "power_flow/case_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <istream>

#include "power_flow/case_file.hpp"

namespace power_flow {
namespace {

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The line without comment, and without the text of quoted strings, which may hold any character.
std::string without_comment(const std::string& line) {
    std::string kept;
    bool quoted = false;
    for (const char c : line) {
        if (c == '\'') quoted = !quoted;
        if (c == '%' && !quoted) break;
        if (!quoted || c == '\'') kept += c;
    }
    return trimmed(kept);
}

class Parser {
public:
    Parser(std::istream& input, std::string name) : input_(input), name_(std::move(name)) {}

    Fields parse() {
        std::string text;
        while (next_line(text)) statement(text);
        return std::move(fields_);
    }

private:
    bool next_line(std::string& text) {
        if (!std::getline(input_, raw_)) return false;
        ++line_;
        text = without_comment(raw_);
        return true;
    }

    void statement(const std::string& text) {
        if (text.empty() || text == "end" || text == "return" || text == "return;") return;
        if (text.rfind("function", 0) == 0) return function_line(text);
        const auto equals = text.find('=');
        const auto dot = text.find('.');
        if (equals == std::string::npos || dot >= equals) unreadable();
        const std::string field = trimmed(text.substr(dot + 1, equals - dot - 1));
        if (field.empty() || field.find_first_of(" (){}") != std::string::npos) unreadable();
        if (fields_.count(field)) fail_at(name_, line_, "mpc." + field + " is assigned twice");
        assignment(field, trimmed(text.substr(equals + 1)));
    }

    void function_line(const std::string& text) const {
        if (text.find('[') != std::string::npos)
            fail_at(name_, line_, "this is version 1 of the case format; savecase writes version 2");
    }

    void assignment(const std::string& field, const std::string& value) {
        if (value.empty()) unreadable();
        if (value[0] == '[') return matrix(field, value.substr(1));
        if (value[0] == '{') return skip_cells(value);
        if (value[0] == '\'') return text_value(field);
        const auto end = std::min(value.find(';'), value.size());
        after_value(trimmed(value.substr(end)));
        fields_[field] = {Row{line_, {number(trimmed(value.substr(0, end)))}}};
    }

    void text_value(const std::string& field) const {
        if (field == "version" && raw_.find("'2'") == std::string::npos)
            fail_at(name_, line_, "only version 2 of the case format is read");
    }

    void skip_cells(std::string text) {
        const int begin = line_;
        while (text.find('}') == std::string::npos)
            if (!next_line(text)) fail_at(name_, begin, "the '{' is never closed");
    }

    void matrix(const std::string& field, std::string text) {
        const int begin = line_;
        std::vector<Row>& rows = fields_[field];
        Row row;
        for (;;) {
            const auto close = text.find(']');
            const bool continued = add_cells(text.substr(0, close), row, rows);
            if (!continued || close != std::string::npos) end_row(row, rows);
            if (close != std::string::npos) return after_value(trimmed(text.substr(close + 1)));
            if (!next_line(text)) fail_at(name_, begin, "the '[' is never closed");
        }
    }

    void after_value(const std::string& rest) const {
        if (!rest.empty() && rest != ";") unreadable();
    }

    // Adds the numbers of one line; true if the line says "..." and so its last row goes on.
    bool add_cells(std::string text, Row& row, std::vector<Row>& rows) {
        const auto dots = text.find("...");
        if (dots != std::string::npos) text.resize(dots);
        std::string word;
        for (const char c : text + " ") {
            if (c != ' ' && c != '\t' && c != ',' && c != ';') {
                word += c;
                continue;
            }
            if (!word.empty()) {
                if (row.cells.empty()) row.line = line_;
                row.cells.push_back(number(word));
            }
            word.clear();
            if (c == ';') end_row(row, rows);
        }
        return dots != std::string::npos;
    }

    void end_row(Row& row, std::vector<Row>& rows) {
        if (row.cells.empty()) return;
        if (!rows.empty() && rows.front().cells.size() != row.cells.size())
            fail_at(name_, row.line,
                    "this row has " + std::to_string(row.cells.size()) + " numbers, the first one has " +
                        std::to_string(rows.front().cells.size()));
        rows.push_back(std::move(row));
        row = Row();
    }

    double number(const std::string& word) const {
        char* end = nullptr;
        const double value = std::strtod(word.c_str(), &end);
        if (word.empty() || *end) fail_at(name_, line_, "\"" + word + "\" is not a number");
        return value;
    }

    [[noreturn]] void unreadable() const {
        fail_at(name_, line_,
                "only assignments of literal values are read, not \"" + trimmed(raw_) +
                    "\" (MATPOWER's savecase writes such a file)");
    }

    std::istream& input_;
    std::string name_;
    std::string raw_;
    int line_ = 0;
    Fields fields_;
};

}  // namespace

Fields read_fields(std::istream& input, const std::string& name) {
    return Parser(input, name).parse();
}

void fail_at(const std::string& name, int line, const std::string& what) {
    throw CaseError(name + ":" + (line > 0 ? std::to_string(line) + ":" : "") + " " + what);
}

}  // namespace power_flow
