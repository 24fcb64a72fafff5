#include "power_flow/case_file.hpp"

#include <cmath>
#include <fstream>
#include <set>

#include "power_flow/case_text.hpp"

namespace power_flow {
namespace {

// Turns rows into structs, checking every cell that is used.
class Builder {
public:
    Builder(const Fields& fields, std::string name) : fields_(fields), name_(std::move(name)) {}

    Case build() {
        result_.base_mva = cell(rows("baseMVA", 1).front(), 0);
        if (result_.base_mva <= 0) fail_at(name_, rows("baseMVA", 1)[0].line, "baseMVA must be positive");
        for (const Row& row : rows("bus", 13)) add_bus(row);
        for (const Row& row : rows("gen", 8)) add_generator(row);
        for (const Row& row : rows("branch", 11)) add_branch(row);
        check_slack();
        return std::move(result_);
    }

private:
    const std::vector<Row>& rows(const std::string& field, std::size_t columns) const {
        const auto found = fields_.find(field);
        if (found == fields_.end() || found->second.empty()) fail_at(name_, 0, "there is no mpc." + field);
        const Row& first = found->second.front();
        if (first.cells.size() < columns)
            fail_at(name_, first.line,
                    "a row of mpc." + field + " needs " + std::to_string(columns) +
                        " numbers, this one has " + std::to_string(first.cells.size()));
        return found->second;
    }

    double cell(const Row& row, std::size_t column) const {
        if (!std::isfinite(row.cells[column]))
            fail_at(name_, row.line, "column " + std::to_string(column + 1) + " must be finite");
        return row.cells[column];
    }

    int whole(const Row& row, std::size_t column) const {
        const double value = cell(row, column);
        if (value != std::floor(value) || std::abs(value) > 1e9)
            fail_at(name_, row.line, "column " + std::to_string(column + 1) + " must be a whole number");
        return static_cast<int>(value);
    }

    int known_bus(const Row& row, std::size_t column) const {
        const int number = whole(row, column);
        if (!numbers_.count(number)) fail_at(name_, row.line, "there is no bus " + std::to_string(number));
        return number;
    }

    void add_bus(const Row& row) {
        const int number = whole(row, 0);
        const int type = whole(row, 1);
        if (type < 1 || type > 4) fail_at(name_, row.line, "a bus type is 1, 2, 3 or 4");
        if (!numbers_.insert(number).second)
            fail_at(name_, row.line, "bus " + std::to_string(number) + " stands here a second time");
        result_.buses.push_back({number, static_cast<BusType>(type), cell(row, 2), cell(row, 3), cell(row, 4),
                                 cell(row, 5), cell(row, 7), cell(row, 8)});
    }

    void add_generator(const Row& row) {
        const Generator made{known_bus(row, 0), cell(row, 1), cell(row, 5), cell(row, 7) > 0};
        if (made.in_service && made.vg <= 0) fail_at(name_, row.line, "the set point Vg must be positive");
        result_.generators.push_back(made);
    }

    void add_branch(const Row& row) {
        const Branch made{known_bus(row, 0), known_bus(row, 1), cell(row, 2), cell(row, 3),
                          cell(row, 4),      cell(row, 8),      cell(row, 9), cell(row, 10) > 0};
        if (made.in_service && made.r == 0 && made.x == 0)
            fail_at(name_, row.line, "this branch has no impedance");
        result_.branches.push_back(made);
    }

    void check_slack() const {
        int count = 0;
        for (const Bus& bus : result_.buses) count += bus.type == BusType::slack;
        if (count != 1)
            fail_at(name_, 0, "one slack bus (type 3) is needed, there are " + std::to_string(count));
    }

    const Fields& fields_;
    std::string name_;
    std::set<int> numbers_;
    Case result_;
};

}  // namespace

Case read_case(std::istream& input, const std::string& name) {
    const Fields fields = read_fields(input, name);
    return Builder(fields, name).build();
}

Case load_case(const std::string& path) {
    std::ifstream input(path);
    if (!input) throw CaseError(path + ": cannot be opened");
    return read_case(input, path);
}

}  // namespace power_flow
