// The file server's time, which every host of an experiment has in common: claims and events are dated by it.
#pragma once

#include <optional>

#include "ports/clock.hpp"

namespace tw {

// This host's wall clock until the server was heard, then the server's time, carried on by the monotonic
// clock: a wall clock that is wrong or jumps changes nothing.
class ServerClock final : public Clock {
public:
    explicit ServerClock(Clock& own) : own_(own) {}

    Instant now() override { return heard_ ? *heard_ + (own_.monotonic() - when_) : own_.now(); }
    Seconds monotonic() override { return own_.monotonic(); }
    Instant booted() override { return own_.booted() + (now() - own_.now()); }

    // A file that was made at this moment has this time.
    void hear(Instant time) {
        heard_ = time;
        when_ = own_.monotonic();
    }

private:
    Clock& own_;
    std::optional<Instant> heard_;
    Seconds when_{};
};

}  // namespace tw
