// Runs of array indexes, as batch systems take them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

// "n", "n-m" or "n-m:s"
struct TaskRange {
    std::int64_t first = 0, last = 0, step = 1;
    std::string text() const;
};

// As few ranges as it takes from left to right, of exactly these indexes (ascending, distinct).
std::vector<TaskRange> ranges_of(const std::vector<std::int64_t>& indexes);

}  // namespace tw
