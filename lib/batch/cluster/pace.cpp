#include "batch/cluster/pace.hpp"

#include <algorithm>
#include <cmath>

namespace tw {

CallBudget::CallBudget(int per_minute, Seconds now)
    : rate_(per_minute / 60.0), most_(std::max(1.0, per_minute / 2.0)), calls_(most_), since_(now) {}

double CallBudget::at(Seconds now) const {
    return std::min(most_, calls_ + rate_ * (now - since_).count());
}

int CallBudget::left(Seconds now) const {
    return static_cast<int>(std::max(0.0, std::floor(at(now) + 1e-9)));
}

void CallBudget::take(Seconds now) {
    calls_ = at(now) - 1;
    since_ = now;
}

void Backoff::failed(Seconds now) {
    int doublings = std::min(failures_++, 20);
    until_ = now + std::min(longest_, first_ * std::pow(2.0, doublings));
}

}  // namespace tw
