// Lists of array elements, as Slurm writes them: "1,3,5-9:2,20-400%3".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tw::slurm {

struct TaskList {
    std::vector<std::int64_t> indexes;  // ascending, distinct, never empty
    int throttle = 0;                   // 0: none
};

// Square brackets around it are accepted. Code::invalid for anything else, an abridged list ("1-5,...") and more
// than a million elements included.
Result<TaskList> parse_task_list(std::string_view text);

std::string format_task_list(const std::vector<std::int64_t>& ascending);

}  // namespace tw::slurm
