#include "posix/clock.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>

#include <algorithm>
#include <cmath>

namespace tw {

namespace {

Seconds read_clock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return Seconds(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9);
}

timespec to_timespec(Seconds duration) {
    constexpr double day = 86400;
    double seconds = std::clamp(std::isnan(duration.count()) ? 0.0 : duration.count(), 0.0, day);
    double whole = std::floor(seconds);
    return {static_cast<time_t>(whole), static_cast<long>((seconds - whole) * 1e9)};
}

bool is_ignored(int signal) {
    struct sigaction action {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t wanted_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
        if (!is_ignored(signal)) ::sigaddset(&set, signal);
    }
    return set;
}

}  // namespace

Instant SystemClock::now() {
    return Instant(read_clock(CLOCK_REALTIME));
}

Instant SystemClock::booted() {
    return now() - read_clock(CLOCK_BOOTTIME);
}

Seconds SystemClock::monotonic() {
    return read_clock(CLOCK_MONOTONIC);
}

PosixWaker::PosixWaker(std::string root) : root_(std::move(root)) {
    sigset_t set = wanted_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    signals_ = Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!signals_) ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);  // better ended by ^C than deaf to it
    changes_ = Fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
}

PosixWaker::~PosixWaker() {
    drain_signals();  // one that is still pending would end the process on unblocking
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void PosixWaker::watch(const std::string& directory) {
    constexpr unsigned mask = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW;
    if (!changes_) return;
    int id = ::inotify_add_watch(changes_.get(), (root_ + "/" + directory).c_str(), mask);
    if (id < 0) return;
    auto [known, added] = watched_.try_emplace(directory, id);
    if (added || known->second == id) return;
    ::inotify_rm_watch(changes_.get(), known->second);  // another directory has taken the name
    known->second = id;
}

void PosixWaker::unwatch(const std::string& directory) {
    auto known = watched_.find(directory);
    if (known == watched_.end()) return;
    ::inotify_rm_watch(changes_.get(), known->second);
    watched_.erase(known);
}

void PosixWaker::drain_signals() {
    signalfd_siginfo info;
    while (signals_ && retry([&] { return ::read(signals_.get(), &info, sizeof info); }) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            child_ended_ = true;
        } else {
            ++interrupts_;
        }
    }
}

// Only real changes count: the kernel also reports each watch that it took away itself.
bool PosixWaker::drain_changes() {
    alignas(inotify_event) char buffer[16384];
    bool changed = false;
    ssize_t got;
    while (changes_ && (got = retry([&] { return ::read(changes_.get(), buffer, sizeof buffer); })) > 0) {
        for (const char* at = buffer; at < buffer + got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            changed = changed || !(event->mask & IN_IGNORED);
            at += sizeof(inotify_event) + event->len;
        }
    }
    return changed;
}

bool PosixWaker::take_hint() {
    bool changed = drain_changes();
    return std::exchange(child_ended_, false) || changed;
}

Waker::Reason PosixWaker::wait(Seconds longest) {
    Seconds end = read_clock(CLOCK_MONOTONIC) + longest;
    for (;;) {
        int before = interrupts_;
        drain_signals();
        if (interrupts_ != before) return Reason::signal;
        if (take_hint()) return Reason::hint;
        Seconds left = end - read_clock(CLOCK_MONOTONIC);
        if (!(left.count() > 0)) return Reason::timeout;
        timespec timeout = to_timespec(left);
        pollfd descriptors[] = {{signals_.get(), POLLIN, 0}, {changes_.get(), POLLIN, 0}};
        ::ppoll(descriptors, 2, &timeout, nullptr);  // whatever it says, the loop looks for itself
    }
}

int PosixWaker::interrupts() {
    drain_signals();
    return interrupts_;
}

}  // namespace tw
