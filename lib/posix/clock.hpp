// Real time, and waiting for it.
#pragma once

#include <signal.h>

#include <map>
#include <string>

#include "ports/clock.hpp"
#include "posix/fd.hpp"

namespace tw {

class SystemClock final : public Clock {
public:
    Instant now() override;
    Seconds monotonic() override;
    Instant booted() override;
};

// Owns the process's SIGINT, SIGTERM, SIGHUP and SIGCHLD: blocks them while it lives and reads them from
// a descriptor. To be made before any thread is. A stop signal that was ignored at the start (nohup)
// stays ignored. Without inotify, or beyond its limits, waits simply last their full time.
class PosixWaker final : public Waker {
public:
    explicit PosixWaker(std::string root);  // as FileSystem::root()
    ~PosixWaker() override;
    PosixWaker(const PosixWaker&) = delete;
    PosixWaker& operator=(const PosixWaker&) = delete;

    void watch(const std::string& directory) override;
    void unwatch(const std::string& directory) override;
    Reason wait(Seconds longest) override;
    int interrupts() override;

private:
    void drain_signals();
    bool drain_changes();
    bool take_hint();

    std::string root_;
    sigset_t before_{};
    Fd signals_, changes_;
    std::map<std::string, int> watched_;
    int interrupts_ = 0;
    bool child_ended_ = false;
};

}  // namespace tw
