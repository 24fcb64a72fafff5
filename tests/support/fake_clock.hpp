// Time that stands still until a test moves it.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "ports/clock.hpp"

namespace tw::support {

class FakeClock final : public Clock {
public:
    Instant now() override { return now_; }
    Seconds monotonic() override { return monotonic_; }
    Instant booted() override { return now_ - monotonic_; }

    void advance(Seconds by);              // both clocks
    void jump(Seconds by) { now_ += by; }  // the wall clock alone, as when somebody sets it

private:
    Instant now_{Seconds(1767225600)};  // 2026-01-01T00:00:00Z
    Seconds monotonic_{1000};
};

// Never sleeps. A wait is answered from `answers`; when that is empty it times out, and `clock`, if any,
// advances by the whole time.
class FakeWaker final : public Waker {
public:
    explicit FakeWaker(FakeClock* clock = nullptr) : clock_(clock) {}

    void watch(const std::string& directory) override { watched.insert(directory); }
    void unwatch(const std::string& directory) override { watched.erase(directory); }
    Reason wait(Seconds longest) override;
    int interrupts() override { return stops; }

    std::deque<Reason> answers;            // Reason::signal also counts as a stop request
    std::function<void(Seconds)> on_wait;  // the world may go on here
    std::set<std::string> watched;
    std::vector<Seconds> waits;
    int stops = 0;

private:
    FakeClock* clock_;
};

}  // namespace tw::support
