// Starting one child.
#pragma once

#include <sys/types.h>

#include "ports/process.hpp"

namespace tw {

// The child has empty signal mask, default signal actions, and descriptors 0, 1 and 2 only.
Result<pid_t> spawn_child(const Spawn& spawn);

// This process becomes that program, found in PATH. Returns only with what went wrong.
Error become(const std::vector<std::string>& argv);

}  // namespace tw
