// Time, from outside. Deciding code never asks; it is told the time with each event.
#pragma once

#include "base/time.hpp"

namespace tw {

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() = 0;        // this host's wall clock; may jump
    virtual Seconds monotonic() = 0;  // since some fixed moment; never goes back
    virtual Instant booted() = 0;     // when this host began, by its wall clock
};

// Sleeps that end early: by a hint that a name appeared in a watched directory, a child that ended, or a
// signal.
class Waker {
public:
    virtual ~Waker() = default;

    // A hint only: watching a directory that cannot be watched is not an error, and changes made
    // by other hosts are never seen. Paths as in FileSystem.
    virtual void watch(const std::string& directory) = 0;    // again is harmless
    virtual void unwatch(const std::string& directory) = 0;  // watches are scarce: give back ended trials

    enum class Reason { timeout, hint, signal };
    virtual Reason wait(Seconds longest) = 0;

    // Stop requests (SIGINT, SIGTERM, SIGHUP) seen since the start; those of this moment included.
    virtual int interrupts() = 0;
};

}  // namespace tw
