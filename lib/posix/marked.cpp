#include "posix/marked.hpp"

#include <signal.h>
#include <unistd.h>

#include "posix/proc.hpp"

namespace tw {

namespace {

// A process that is ending shows none; neither does one of another user.
bool has_entry(std::int64_t pid, const std::string& entry) {
    std::string environment;
    if (!read_small_file("/proc/" + std::to_string(pid) + "/environ", environment)) return false;
    return ('\0' + environment).find('\0' + entry + '\0') != std::string::npos;
}

}  // namespace

// A number that was given to another process between the look and the signal would be hit: the look and the
// signal follow each other at once, and numbers are given in turn.
bool PosixMarkedProcesses::end(const std::string& entry) {
    bool none = true;
    bool listed = each_process(false, [&](std::int64_t pid) {
        if (pid == ::getpid() || !has_entry(pid, entry)) return;
        ProcStat stat;
        if (look_at_process(pid, stat) == Look::gone || stat.dead()) return;
        none = false;
        ::kill(static_cast<pid_t>(pid), SIGKILL);
    });
    return listed && none;
}

}  // namespace tw
