#include "lifecycle/search.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tw {

std::optional<std::string> FailureStreak::add(const Outcome& outcome, int limit) {
    if (outcome.state == EndState::complete) clear();
    if (outcome.state != EndState::failed) return std::nullopt;
    std::string alike = outcome.stage + ": " + (outcome.failed_tasks.empty() ? outcome.reason : outcome.kind);
    length_ = alike == alike_ ? length_ + 1 : 1;
    alike_ = alike;
    if (limit <= 0 || length_ < limit) return std::nullopt;
    return fmt::format("{} trials in a row failed alike: {}: {}", length_, outcome.stage, outcome.reason);
}

void FailureStreak::clear() {
    alike_.clear();
    length_ = 0;
}

void Breaker::failed(const std::string& host, Instant at) {
    Row& row = hosts_[host];
    row.failures += 1;
    row.last = at;
    in_a_row_ += 1;
    last_host_ = host;
}

void Breaker::worked(const std::string& host) {
    hosts_.erase(host);
    in_a_row_ = 0;
    able_.insert(host);
}

void Breaker::started(const std::string& host) {
    able_.insert(host);
}

bool Breaker::open(const std::string& host, Instant now) const {
    auto found = hosts_.find(host);
    if (found == hosts_.end() || found->second.failures < per_host) return false;
    return now < found->second.last + cool_down;
}

std::vector<std::string> Breaker::avoided(Instant now) const {
    std::vector<std::string> names;
    for (auto& [host, row] : hosts_)
        if (open(host, now)) names.push_back(host);
    bool another = std::any_of(able_.begin(), able_.end(), [&](auto& host) { return !open(host, now); });
    return another ? names : std::vector<std::string>{};
}

std::optional<std::string> Breaker::tripped() const {
    if (in_a_row_ < all_hosts) return std::nullopt;
    return fmt::format("{} jobs in a row could not start, the last on {}", in_a_row_, last_host_);
}

void Breaker::clear() {
    hosts_.clear();
    in_a_row_ = 0;
}

}  // namespace tw
