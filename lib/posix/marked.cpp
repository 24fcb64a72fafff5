#include "posix/marked.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "posix/pidfd.hpp"
#include "posix/proc.hpp"

namespace tw {

namespace {

// Nothing could be read of a process's environment: it has none, or is within execve(2), or was a moment ago.
Look look_at_nothing(std::int64_t pid) {
    ProcStat stat;
    Look look = look_at_process(pid, stat);
    if (look != Look::found) return look;
    bool bare = stat.environment_end != 0 && stat.environment_end == stat.environment_begin;
    return stat.dead() || !stat.has_memory || bare ? Look::gone : Look::unknown;
}

// A process that is ending shows none; neither does one of another user.
Look look_for_entry(std::int64_t pid, const std::string& entry, bool kernel_tells) {
    std::string environment;
    if (!read_small_file("/proc/" + std::to_string(pid) + "/environ", environment))
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? Look::unknown : Look::gone;
    if (environment.empty()) return kernel_tells ? look_at_nothing(pid) : Look::gone;
    bool found = ('\0' + environment).find('\0' + entry + '\0') != std::string::npos;
    return found ? Look::found : Look::gone;
}

}  // namespace

// Which process it is is known before it is found to be marked: one that is given its number later is spared.
bool PosixMarkedProcesses::end(const std::string& entry) {
    ProcStat self;
    bool none = true,
         kernel_tells = look_at_process(::getpid(), self) == Look::found && self.environment_end != 0;
    bool listed = each_process(false, [&](std::int64_t pid) {
        if (pid == ::getpid()) return;
        ProcStat stat;
        Look process = look_at_process(pid, stat);
        if (process == Look::gone || stat.dead()) return;
        Look mark = look_for_entry(pid, entry, kernel_tells);
        if (mark == Look::gone) return;
        none = false;
        if (process == Look::found && mark == Look::found)
            (void)signal_process({pid, stat.start_time}, SIGKILL);
    });
    return listed && none;
}

}  // namespace tw
