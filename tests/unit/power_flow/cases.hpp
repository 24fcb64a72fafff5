// Grids that the tests share.
#pragma once

#include <string>

#include "power_flow/newton.hpp"

namespace power_flow {

inline Grid shipped_grid(const std::string& name) {
    return make_grid(load_case(std::string(POWER_FLOW_CASES) + "/" + name));
}

// A voltage that is no solution: every entry moved by its own small amount.
inline Voltage uneven_voltage(const Grid& grid) {
    Voltage voltage = flat_start(grid);
    for (int i = 0; i < grid.size(); ++i) {
        voltage.magnitude[i] += 0.01 * (i % 3) - 0.008;
        voltage.angle[i] -= 0.03 * i + 0.01 * (i % 2);
    }
    return voltage;
}

}  // namespace power_flow
