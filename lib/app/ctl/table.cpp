#include "app/ctl/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tw {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;  // a flexible column keeps so much

const char* escape_of(Paint paint) {
    switch (paint) {
        case Paint::plain: return "";
        case Paint::good: return "\x1b[32m";
        case Paint::bad: return "\x1b[31m";
        case Paint::busy: return "\x1b[36m";
        case Paint::dim: return "\x1b[2m";
        case Paint::strong: return "\x1b[1m";
    }
    return "";
}

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

}  // namespace

Paint paint_of(TrialState state) {
    switch (state) {
        case TrialState::waiting: return Paint::dim;
        case TrialState::running:
        case TrialState::stopping:
        case TrialState::closing: return Paint::busy;
        case TrialState::complete: return Paint::good;
        case TrialState::pruned: return Paint::dim;
        case TrialState::failed:
        case TrialState::killed: return Paint::bad;
    }
    return Paint::plain;
}

std::string one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return line;
}

std::string painted(std::string_view text, Paint paint, bool colour) {
    if (!colour || paint == Paint::plain) return one_line(text);
    return escape_of(paint) + one_line(text) + "\x1b[0m";
}

std::string cut(std::string_view text, std::size_t columns) {
    if (columns_of(text) <= columns) return std::string(text);
    std::size_t kept = columns > 3 ? columns - 3 : columns, end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end)
        if (starts_character(text[end]) && seen++ == kept) break;
    return std::string(text.substr(0, end)) + (columns > 3 ? "..." : "");
}

void Table::add(std::vector<Cell> row) {
    for (auto& cell : row) cell.text = one_line(cell.text);
    row.resize(columns_.size());
    rows_.push_back(std::move(row));
}

// 0 for a column that is left out.
std::vector<std::size_t> Table::widths(int width) const {
    std::vector<std::size_t> widths(columns_.size(), 0);
    for (auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i].text));
    std::size_t total = 0;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (widths[i] > 0) widths[i] = std::max(widths[i], columns_of(columns_[i].title));
        total += widths[i] > 0 ? widths[i] + gap : 0;
    }
    auto limit = static_cast<std::size_t>(width) + gap;
    for (std::size_t i = widths.size(); width > 0 && i-- > 0 && total > limit;) {
        if (!columns_[i].flexible || widths[i] <= narrowest) continue;
        std::size_t less = std::min(total - limit, widths[i] - narrowest);
        widths[i] -= less;
        total -= less;
    }
    for (std::size_t i = widths.size(); width > 0 && i-- > 0 && total > limit;)
        if (columns_[i].flexible && widths[i] > 0) total -= std::exchange(widths[i], 0) + gap;
    return widths;
}

void Table::print_row(std::ostream& out, const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                      bool colour) const {
    std::string line;
    std::size_t owed = 0;  // blanks before the next text: none at the end of a line
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (widths[i] == 0) continue;
        std::string text = cut(row[i].text, widths[i]);
        std::size_t blanks = widths[i] - std::min(widths[i], columns_of(text));
        if (columns_[i].right) owed += std::exchange(blanks, 0);
        if (!text.empty()) {
            line += std::string(owed, ' ') + painted(text, row[i].paint, colour);
            owed = 0;
        }
        owed += blanks + gap;
    }
    out << line << "\n";
}

void Table::print(std::ostream& out, int width, bool colour) const {
    auto sizes = widths(width);
    std::vector<Cell> titles;
    for (auto& column : columns_) titles.emplace_back(column.title, Paint::strong);
    bool titled = std::any_of(titles.begin(), titles.end(), [](auto& cell) { return !cell.text.empty(); });
    if (titled) print_row(out, titles, sizes, colour);
    for (auto& row : rows_) print_row(out, row, sizes, colour);
}

std::string format_value(double value) {
    return fmt::format("{:.6g}", value);
}

std::string format_params(const Params& params) {
    std::string text;
    for (auto& [name, value] : params) {
        auto* real = std::get_if<double>(&value);
        text += (text.empty() ? "" : " ") + name + "=" + (real ? format_value(*real) : to_text(value));
    }
    return text;
}

std::string format_values(const std::map<std::string, double>& values) {
    std::string text;
    for (auto& [name, value] : values) text += (text.empty() ? "" : " ") + name + "=" + format_value(value);
    return text;
}

}  // namespace tw
