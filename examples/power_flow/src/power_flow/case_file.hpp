// Reads power system cases in MATPOWER's case format, version 2.
// Format: R. D. Zimmerman, C. E. Murillo-Sanchez, MATPOWER User's Manual, appendix B.
#pragma once

#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

namespace power_flow {

// What is wrong with a case, beginning with "file:line: " where the line is known.
struct CaseError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class BusType { pq = 1, pv = 2, slack = 3, isolated = 4 };

// Units as in the file: MW, MVAr, per unit and degrees.
struct Bus {
    int number = 0;
    BusType type = BusType::pq;
    double pd = 0, qd = 0;  // load
    double gs = 0, bs = 0;  // shunt: MW consumed and MVAr injected at 1 pu
    double vm = 1, va = 0;
};

struct Generator {
    int bus = 0;
    double pg = 0, vg = 1;
    bool in_service = true;
};

struct Branch {
    int from = 0, to = 0;
    double r = 0, x = 0, b = 0;
    double ratio = 0, angle = 0;  // off-nominal tap at the from end; 0 means a plain line
    bool in_service = true;
};

struct Case {
    double base_mva = 0;
    std::vector<Bus> buses;
    std::vector<Generator> generators;
    std::vector<Branch> branches;
};

// Only literal assignments are read; a file that computes its data is refused, with the line.
// The result is consistent: known bus numbers, one slack bus, no branch without impedance.
Case read_case(std::istream& input, const std::string& name);
Case load_case(const std::string& path);

}  // namespace power_flow
