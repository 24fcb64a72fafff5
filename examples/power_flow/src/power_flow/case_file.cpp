#include "power_flow/case_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <istream>
#include <map>
#include <set>

namespace power_flow {
namespace {

struct Row {
    int line = 0;
    std::vector<double> cells;
};

// Assignments of the file by field name ("bus", "baseMVA"); a scalar is one row with one cell.
using Fields = std::map<std::string, std::vector<Row>>;

[[noreturn]] void fail(const std::string& name, int line, const std::string& what) {
    throw CaseError(name + ":" + (line > 0 ? std::to_string(line) + ":" : "") + " " + what);
}

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
        if (fields_.count(field)) fail(name_, line_, "mpc." + field + " is assigned twice");
        assignment(field, trimmed(text.substr(equals + 1)));
    }

    void function_line(const std::string& text) const {
        if (text.find('[') != std::string::npos)
            fail(name_, line_, "this is version 1 of the case format; savecase writes version 2");
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
            fail(name_, line_, "only version 2 of the case format is read");
    }

    void skip_cells(std::string text) {
        const int begin = line_;
        while (text.find('}') == std::string::npos)
            if (!next_line(text)) fail(name_, begin, "the '{' is never closed");
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
            if (!next_line(text)) fail(name_, begin, "the '[' is never closed");
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
            fail(name_, row.line, "this row has " + std::to_string(row.cells.size()) +
                                      " numbers, the first one has " +
                                      std::to_string(rows.front().cells.size()));
        rows.push_back(std::move(row));
        row = Row();
    }

    double number(const std::string& word) const {
        char* end = nullptr;
        const double value = std::strtod(word.c_str(), &end);
        if (word.empty() || *end) fail(name_, line_, "\"" + word + "\" is not a number");
        return value;
    }

    [[noreturn]] void unreadable() const {
        fail(name_, line_, "only assignments of literal values are read, not \"" + trimmed(raw_) +
                               "\" (MATPOWER's savecase writes such a file)");
    }

    std::istream& input_;
    std::string name_;
    std::string raw_;
    int line_ = 0;
    Fields fields_;
};

// Turns rows into structs, checking every cell that is used.
class Builder {
public:
    Builder(const Fields& fields, std::string name) : fields_(fields), name_(std::move(name)) {}

    Case build() {
        result_.base_mva = cell(rows("baseMVA", 1).front(), 0);
        if (result_.base_mva <= 0) fail(name_, rows("baseMVA", 1)[0].line, "baseMVA must be positive");
        for (const Row& row : rows("bus", 13)) add_bus(row);
        for (const Row& row : rows("gen", 8)) add_generator(row);
        for (const Row& row : rows("branch", 11)) add_branch(row);
        check_slack();
        return std::move(result_);
    }

private:
    const std::vector<Row>& rows(const std::string& field, std::size_t columns) const {
        const auto found = fields_.find(field);
        if (found == fields_.end() || found->second.empty()) fail(name_, 0, "there is no mpc." + field);
        const Row& first = found->second.front();
        if (first.cells.size() < columns)
            fail(name_, first.line, "a row of mpc." + field + " needs " + std::to_string(columns) +
                                        " numbers, this one has " + std::to_string(first.cells.size()));
        return found->second;
    }

    double cell(const Row& row, std::size_t column) const {
        if (!std::isfinite(row.cells[column]))
            fail(name_, row.line, "column " + std::to_string(column + 1) + " must be finite");
        return row.cells[column];
    }

    int whole(const Row& row, std::size_t column) const {
        const double value = cell(row, column);
        if (value != std::floor(value) || std::abs(value) > 1e9)
            fail(name_, row.line, "column " + std::to_string(column + 1) + " must be a whole number");
        return static_cast<int>(value);
    }

    int known_bus(const Row& row, std::size_t column) const {
        const int number = whole(row, column);
        if (!numbers_.count(number)) fail(name_, row.line, "there is no bus " + std::to_string(number));
        return number;
    }

    void add_bus(const Row& row) {
        const int number = whole(row, 0);
        const int type = whole(row, 1);
        if (type < 1 || type > 4) fail(name_, row.line, "a bus type is 1, 2, 3 or 4");
        if (!numbers_.insert(number).second)
            fail(name_, row.line, "bus " + std::to_string(number) + " stands here a second time");
        result_.buses.push_back({number, static_cast<BusType>(type), cell(row, 2), cell(row, 3),
                                 cell(row, 4), cell(row, 5), cell(row, 7), cell(row, 8)});
    }

    void add_generator(const Row& row) {
        const Generator made{known_bus(row, 0), cell(row, 1), cell(row, 5), cell(row, 7) > 0};
        if (made.in_service && made.vg <= 0) fail(name_, row.line, "the set point Vg must be positive");
        result_.generators.push_back(made);
    }

    void add_branch(const Row& row) {
        const Branch made{known_bus(row, 0), known_bus(row, 1), cell(row, 2), cell(row, 3),
                          cell(row, 4),      cell(row, 8),      cell(row, 9), cell(row, 10) > 0};
        if (made.in_service && made.r == 0 && made.x == 0)
            fail(name_, row.line, "this branch has no impedance");
        result_.branches.push_back(made);
    }

    void check_slack() const {
        int count = 0;
        for (const Bus& bus : result_.buses) count += bus.type == BusType::slack;
        if (count != 1) fail(name_, 0, "one slack bus (type 3) is needed, there are " + std::to_string(count));
    }

    const Fields& fields_;
    std::string name_;
    std::set<int> numbers_;
    Case result_;
};

}  // namespace

Case read_case(std::istream& input, const std::string& name) {
    const Fields fields = Parser(input, name).parse();
    return Builder(fields, name).build();
}

Case load_case(const std::string& path) {
    std::ifstream input(path);
    if (!input) throw CaseError(path + ": cannot be opened");
    return read_case(input, path);
}

}  // namespace power_flow
