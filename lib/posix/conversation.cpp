#include "posix/conversation.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>

#include "posix/errors.hpp"
#include "posix/spawn.hpp"

namespace tw {

namespace {

// Who sends more than that without an end of line is no program of ours.
constexpr std::size_t longest_line = std::size_t{16} << 20;

// SIGCHLD is what a Waker listens to.
void wake_when_readable(int fd) {
    ::fcntl(fd, F_SETOWN, ::getpid());
    ::fcntl(fd, F_SETSIG, SIGCHLD);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK | O_ASYNC);
}

// Until exec a child has our descriptors: this opens one anew.
std::string path_of(const Fd& fd) {
    return "/proc/self/fd/" + std::to_string(fd.get());
}

struct Pipe {
    Fd reads, writes;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno("make", "a pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// A socket cannot be opened by its name in /proc.
bool can_be_opened_again(int fd) {
    struct stat found {};
    return ::fstat(fd, &found) == 0 && !S_ISSOCK(found.st_mode);
}

}  // namespace

PosixConversation::PosixConversation(Fd input, Fd output)
    : input_(std::move(input)), output_(std::move(output)) {
    ::signal(SIGPIPE, SIG_IGN);
    wake_when_readable(input_.get());
    ::fcntl(output_.get(), F_SETFL, ::fcntl(output_.get(), F_GETFL) | O_NONBLOCK);
}

void PosixConversation::say(const std::string& line) {
    to_say_ += line + "\n";
    hand_on();
}

void PosixConversation::hand_on() {
    while (!to_say_.empty()) {
        ssize_t put = retry([&] { return ::write(output_.get(), to_say_.data(), to_say_.size()); });
        if (put < 0 && errno != EAGAIN) return to_say_.clear();  // nobody reads any more: heard() tells it
        if (put <= 0) return;
        to_say_.erase(0, static_cast<std::size_t>(put));
    }
}

std::vector<std::string> PosixConversation::heard() {
    hand_on();
    std::vector<std::string> lines;
    char buffer[65536];
    ssize_t got = 0;
    while (!over_ && (got = retry([&] { return ::read(input_.get(), buffer, sizeof buffer); })) > 0)
        begun_.append(buffer, static_cast<std::size_t>(got));
    over_ = over_ || got == 0 || (got < 0 && errno != EAGAIN) || begun_.size() > longest_line;
    for (std::size_t end; (end = begun_.find('\n')) != begun_.npos; begun_.erase(0, end + 1))
        lines.push_back(begun_.substr(0, end));
    return lines;
}

Result<std::unique_ptr<Conversation>> PosixConversations::begin(Spawn program) {
    auto there = make_pipe(), back = make_pipe();
    if (!there) return fail(there.error());
    if (!back) return fail(back.error());
    program.input = path_of(there->reads);
    program.output = path_of(back->writes);
    Fd errors(::fcntl(2, F_DUPFD_CLOEXEC, 3));  // a copy: the child's own is closed before it is opened
    program.error = can_be_opened_again(errors.get()) ? path_of(errors) : "";
    auto pid = spawn_child(program);
    if (!pid) return fail(pid.error());
    return std::make_unique<PosixConversation>(std::move(back->reads), std::move(there->writes));
}

std::unique_ptr<Conversation> talk_with_parent() {
    return std::make_unique<PosixConversation>(Fd(::fcntl(0, F_DUPFD_CLOEXEC, 3)),
                                               Fd(::fcntl(1, F_DUPFD_CLOEXEC, 3)));
}

}  // namespace tw
