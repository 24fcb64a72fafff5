// Whether a rule of optimizer.stop ends the search before its goal.
#include <fmt/format.h>

#include <algorithm>

#include "app/optimizer.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/stopped_file.hpp"

namespace tw {

// By the file server's clock, and not by a process: a search that is resumed began when it began.
std::optional<Instant> Optimizer::began() {
    for (auto trial = book_.trials().begin(); !began_ && trial != book_.trials().end(); ++trial) {
        if (!trial->second.proposal) continue;
        if (auto stat = ports_.fs.stat(layout::config(trial->first))) began_ = stat->modified;
    }
    return began_;
}

std::vector<Stopped> Optimizer::rules_that_hold() {
    std::vector<Stopped> rules = run_.stopping().held();
    auto& longest = experiment_.optimizer.stop.time;
    if (longest && began() && ports_.clock.now() - *began() >= *longest)
        rules.push_back({"time", longest->count(),
                         fmt::format("{} have passed since the first proposal", format_duration(*longest))});
    return rules;
}

bool Optimizer::is_passed(const Stopped& rule) const {
    if (!goal_) return false;
    auto passed = goal_->passed.find(rule.rule);
    return passed != goal_->passed.end() && passed->second == rule.setting;
}

// The rule that ended the search goes on to be the one, whatever else comes to hold. Published before the
// role can be given back: who reads a released role without it waits for more trials. A kill in between
// changes nothing, as the same endings end the search again.
Status Optimizer::settle_end() {
    auto rules = rules_that_hold();
    std::erase_if(rules, [&](auto& rule) { return is_passed(rule); });
    auto is_known = [&](auto& rule) {
        return stopped_ && rule.rule == stopped_->rule && rule.setting == stopped_->setting;
    };
    if (rules.empty()) {
        go_on();
        return {};
    }
    auto known = std::find_if(rules.begin(), rules.end(), is_known);
    if (known == rules.end()) end_by(rules.front());
    if (stop_published_) return {};
    auto made = publish_stopped(ports_.fs, lease_.owner().epoch, *stopped_, aside_);
    stop_published_ = made || made.error().code == Code::exists;
    return stop_published_ ? Status{} : made;
}

void Optimizer::end_by(const Stopped& rule) {
    go_on();
    stopped_ = rule;
    ports_.log.info("nothing more is proposed: {}", rule.reason);
    if (!book_.live().empty())
        ports_.log.info("{} trials in flight are {}", book_.live().size(),
                        experiment_.optimizer.stop.stop_running ? "asked to stop" : "finished first");
}

// experiment.json was edited. A word that cannot be withdrawn does no harm: its rule is there no more.
void Optimizer::go_on() {
    if (!stopped_) return;
    (void)withdraw_stopped(ports_.fs, lease_.owner().epoch);
    stopped_.reset();
    stop_published_ = false;
    std::erase_if(condemned_, [](auto& entry) { return entry.second.by == optimizer_name; });
}

}  // namespace tw
