// Columns for people.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/scalar.hpp"
#include "records/trial.hpp"

namespace tw {

enum class Paint { plain, good, bad, busy, dim, strong };

Paint paint_of(TrialState state);

// With the escapes of a terminal where `colour`. Control characters in `text` become blanks.
std::string painted(std::string_view text, Paint paint, bool colour);

// Without control characters: what a script wrote must not move the cursor.
std::string one_line(std::string_view text);

// Cut to so many columns, "..." at the end.
std::string cut(std::string_view text, std::size_t columns);

struct Cell {
    Cell(std::string words = {}, Paint how = Paint::plain) : text(std::move(words)), paint(how) {}
    Cell(const char* words, Paint how = Paint::plain) : text(words), paint(how) {}
    std::string text;
    Paint paint;
};

struct Column {
    std::string title;
    bool right = false;     // numbers
    bool flexible = false;  // may be cut, or left out, where the terminal is too narrow
};

class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<Cell> row);  // one cell per column
    bool empty() const { return rows_.empty(); }

    // `width` 0: as wide as it gets. Columns that are empty in every row are left out.
    void print(std::ostream& out, int width, bool colour) const;

private:
    std::vector<std::size_t> widths(int width) const;
    void print_row(std::ostream& out, const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                   bool colour) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

// "0.00123457", "12": six significant digits.
std::string format_value(double value);
std::string format_params(const Params& params);  // "lr=0.001 layers=2"
std::string format_values(const std::map<std::string, double>& values);

}  // namespace tw
