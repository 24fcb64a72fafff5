// Handles of processes, which no later process of the same number can have. pidfd_open(2).
#pragma once

#include "base/result.hpp"
#include "ports/process.hpp"
#include "posix/fd.hpp"

namespace tw {

// None, with errno set, where there is no such process, and on kernels before 5.3.
Fd open_pidfd(std::int64_t pid);

// To this process, and to no other that was given its number. Where the kernel has no handles it is looked at
// just before. Code::not_found: it is gone.
Status signal_process(const ProcessId& id, int signal);

}  // namespace tw
