#include "batch/cluster/task_ranges.hpp"

#include <fmt/format.h>

namespace tw {

std::string TaskRange::text() const {
    if (first == last) return std::to_string(first);
    return step == 1 ? fmt::format("{}-{}", first, last) : fmt::format("{}-{}:{}", first, last, step);
}

// A step is worth a range from three on: of two tasks with a gap between them each may begin a longer run.
std::vector<TaskRange> ranges_of(const std::vector<std::int64_t>& indexes) {
    std::vector<TaskRange> ranges;
    for (std::size_t begin = 0; begin < indexes.size();) {
        std::size_t end = begin + 1;
        std::int64_t step = end < indexes.size() ? indexes[end] - indexes[begin] : 1;
        while (end < indexes.size() && indexes[end] - indexes[end - 1] == step) ++end;
        if (step != 1 && end - begin < 3) end = begin + 1;
        ranges.push_back({indexes[begin], indexes[end - 1], end - begin > 1 ? step : 1});
        begin = end;
    }
    return ranges;
}

}  // namespace tw
