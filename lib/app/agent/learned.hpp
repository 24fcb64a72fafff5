// How long stages take, as this agent has seen it. Pure.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "base/time.hpp"

namespace tw {

// The longest run of a stage that ended by itself. Nothing is known of a stage that never did.
class Learned {
public:
    void ran(const std::string& stage, Seconds seconds) {
        Seconds& longest = longest_[stage];
        longest = std::max(longest, seconds);
    }
    Seconds expected(const std::string& stage) const {
        auto known = longest_.find(stage);
        return known == longest_.end() ? Seconds(0) : known->second;
    }

private:
    std::map<std::string, Seconds> longest_;
};

}  // namespace tw
