#include "posix/commands.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "posix/errors.hpp"
#include "posix/fd.hpp"
#include "posix/pidfd.hpp"
#include "posix/spawn.hpp"

namespace tw {

namespace {

constexpr off_t longest_output = off_t{64} << 20;
using SteadyClock = std::chrono::steady_clock;

// A file without a name. Unlike a pipe it never blocks the child, needs no reader while the child runs, and a
// daemon that the child leaves behind cannot hold it open for us.
class Scratch {
public:
    explicit Scratch(const char* name) : fd_(::memfd_create(name, MFD_CLOEXEC)) {}
    explicit operator bool() const { return static_cast<bool>(fd_); }

    // Until exec the child has our descriptors: this opens the file anew, at its beginning.
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            ssize_t put = retry([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
            if (put < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return true;
    }

    off_t size() const {
        struct stat found {};
        return ::fstat(fd_.get(), &found) == 0 ? found.st_size : 0;
    }

    // No more than that: a daemon that the child left behind may write on for ever.
    std::string read() const {
        std::string text;
        char buffer[65536];
        while (static_cast<off_t>(text.size()) < longest_output) {
            auto offset = static_cast<off_t>(text.size());
            ssize_t got = retry([&] { return ::pread(fd_.get(), buffer, sizeof buffer, offset); });
            if (got <= 0) break;
            text.append(buffer, static_cast<std::size_t>(got));
        }
        return text;
    }

private:
    Fd fd_;
};

// Until the child has ended, or `end`; an interrupt of ours does not end it. Kernels before 5.3 have no
// pidfd.
void wait_until(pid_t pid, SteadyClock::time_point end) {
    Fd handle = open_pidfd(pid);
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == pid)
            return;
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now()).count();
        if (left < 0) return;
        pollfd wait{handle.get(), POLLIN, 0};
        int longest = static_cast<int>(std::min<decltype(left)>(left, handle ? 60000 : 5));
        ::poll(&wait, handle ? 1 : 0, longest + 1);
    }
}

// The status of waitpid(2), or -1 where it had to be killed.
int wait_or_kill(pid_t pid, Seconds timeout) {
    wait_until(pid, SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(timeout));
    int status = 0;
    if (retry([&] { return ::waitpid(pid, &status, WNOHANG); }) == pid) return status;
    ::kill(-pid, SIGKILL);  // it leads a session, and so a group, of its own
    ::kill(pid, SIGKILL);
    retry([&] { return ::waitpid(pid, &status, 0); });
    return -1;
}

Error unanswered(const Command& command, const std::string& said) {
    std::string what =
        fmt::format("{} did not answer within {:g} s", command.argv[0], command.timeout.count());
    std::string words(trim(said.substr(0, 4096)));
    std::replace(words.begin(), words.end(), '\n', ' ');
    if (!words.empty()) what += "; it said: " + shortened(words, 300);
    return {Code::io, what, {}, {}, 0, {}};
}

}  // namespace

Result<CommandResult> PosixCommands::run(const Command& command) {
    Scratch input("input"), output("output"), error("error");
    if (!input || !output || !error || !input.write(command.input))
        return fail_errno("write", "a command's input");
    Spawn spawn;
    spawn.argv = command.argv;
    spawn.environment = command.environment;
    spawn.directory = command.directory;
    spawn.input = input.path();
    spawn.output = output.path();
    spawn.error = error.path();
    auto pid = spawn_child(spawn);
    if (!pid) return fail(pid.error());
    int status = wait_or_kill(*pid, command.timeout);
    if (status < 0) return fail(unanswered(command, error.read()));
    if (output.size() > longest_output) return fail(Code::io, command.argv[0] + " printed more than 64 MiB");
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return CommandResult{code, output.read(), error.read()};
}

}  // namespace tw
