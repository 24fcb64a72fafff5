#include "posix/pidfd.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "posix/errors.hpp"
#include "posix/proc.hpp"

namespace tw {

namespace {

// The same numbers on every architecture that Linux gained since; old C libraries lack the names.
constexpr long pidfd_open_number = 434, pidfd_send_signal_number = 424;

bool is_same_and_alive(const ProcessId& id) {
    ProcStat stat;
    return look_at_process(id.pid, stat) == Look::found && stat.start_time == id.start_time && !stat.dead();
}

}  // namespace

Fd open_pidfd(std::int64_t pid) {
    return Fd(static_cast<int>(::syscall(pidfd_open_number, pid, 0)));
}

// The identity is checked after opening it.
Status signal_process(const ProcessId& id, int signal) {
    std::string name = "process " + std::to_string(id.pid);
    Fd handle = open_pidfd(id.pid);
    if (!handle && errno == ESRCH) return fail_errno("signal", name);
    if (!is_same_and_alive(id)) return fail(system_error(ESRCH, "signal", name));
    bool sent = handle && ::syscall(pidfd_send_signal_number, handle.get(), signal, nullptr, 0) == 0;
    if (!sent && handle && errno != ENOSYS) return fail_errno("signal", name);
    if (!sent && ::kill(static_cast<pid_t>(id.pid), signal) != 0) return fail_errno("signal", name);
    return {};
}

}  // namespace tw
