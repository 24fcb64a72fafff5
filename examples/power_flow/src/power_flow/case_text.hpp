// The literal assignments of a MATPOWER case file, before anything is made of them.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace power_flow {

struct Row {
    int line = 0;
    std::vector<double> cells;
};

// Rows by field name ("bus", "baseMVA"), all of one length; a scalar is one row with one cell.
// Cell arrays and strings are left out.
using Fields = std::map<std::string, std::vector<Row>>;

// Throws CaseError: "name:line: what".
Fields read_fields(std::istream& input, const std::string& name);

[[noreturn]] void fail_at(const std::string& name, int line, const std::string& what);

}  // namespace power_flow
