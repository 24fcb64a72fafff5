// Manners towards a batch system that is shared with others: how often it may be asked, and when again after it
// did not answer. Pure; `now` is a monotonic clock's.
#pragma once

#include "base/time.hpp"

namespace tw {

// A bucket of calls that fills evenly. More may be taken than are there: then none is left for longer.
class CallBudget {
public:
    CallBudget(int per_minute, Seconds now);
    int left(Seconds now) const;
    void take(Seconds now);

private:
    double at(Seconds now) const;
    double rate_, most_, calls_;
    Seconds since_;
};

// Waits longer after each failure in a row: `first`, doubled, at most `longest`.
class Backoff {
public:
    Backoff(Seconds first, Seconds longest) : first_(first), longest_(longest) {}
    void failed(Seconds now);
    void worked() { failures_ = 0; }
    bool active() const { return failures_ > 0; }  // it failed, and has not worked since
    bool over(Seconds now) const { return !active() || now >= until_; }
    Seconds wait(Seconds now) const { return active() && until_ > now ? until_ - now : Seconds(0); }

private:
    Seconds first_, longest_, until_{};
    int failures_ = 0;
};

}  // namespace tw
