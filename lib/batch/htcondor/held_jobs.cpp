#include "batch/htcondor/held_jobs.hpp"

#include <algorithm>

namespace tw {

namespace {

// An advisor is asked about one job after another, and the watcher's heart must beat: the rest comes with the next look.
constexpr Seconds longest_advice{5};

std::vector<const CondorJob*> as_const(const std::vector<CondorJob*>& jobs) {
    return {jobs.begin(), jobs.end()};
}

}  // namespace

bool HeldJobs::is_news(const CondorJob& job) const {
    auto found = held_.find(job.id);
    return found == held_.end() || found->second.times != job.releases;
}

// The delay of a release counts from when this program saw the hold: the log's times are of another clock.
HeldJobs::Held& HeldJobs::entry(const CondorJob& job) {
    auto [place, made] = held_.try_emplace(job.id);
    Held& held = place->second;
    if (!made && held.times == job.releases) return held;
    held = Held{};
    held.times = job.releases;
    held.since = ports_.clock.monotonic();
    if (!options_.hold_advisor.empty())
        held.advice = ask_hold_advisor(ports_, options_.hold_advisor, job, timeout_);
    return held;
}

// A job that was started before would only find its claim taken: the attempt is over, and another one is
// begun.
HeldJobs::Deed HeldJobs::release_or(const CondorJob& job, const HoldRule& rule, const Held& held) const {
    if (job.starts > 0) return Deed::node;
    if (job.releases >= rule.times) return Deed::end;
    return ports_.clock.monotonic() - held.since >= rule.delay ? Deed::release : Deed::none;
}

HeldJobs::Deed HeldJobs::deed(const CondorJob& job, const Held& held) const {
    if (held.advice == Advice::release) return job.starts > 0 ? Deed::node : Deed::release;
    if (held.advice == Advice::remove) return Deed::end;
    HoldRule rule = options_.holds.rule(job.hold_code, job.hold_subcode);
    switch (rule.kind) {
        case HoldRule::Kind::wait: return Deed::none;
        case HoldRule::Kind::release: return release_or(job, rule, held);
        case HoldRule::Kind::resubmit: return Deed::node;
        case HoldRule::Kind::fail: return Deed::end;
    }
    return Deed::none;
}

void HeldJobs::act(const std::vector<CondorJob*>& jobs) {
    std::erase_if(held_, [&](auto& entry) {
        return std::none_of(jobs.begin(), jobs.end(), [&](auto* job) { return job->id == entry.first; });
    });
    std::map<EndCause, std::vector<CondorJob*>> removals;
    std::vector<CondorJob*> releases;
    Seconds now = ports_.clock.monotonic();
    for (CondorJob* job : jobs) {
        if (job->removing || (is_news(*job) && ports_.clock.monotonic() - now > longest_advice)) continue;
        Held& held = entry(*job);
        if (held.tried && now - *held.tried < patience_) continue;
        Deed what = deed(*job, held);
        if (what == Deed::none) continue;
        held.tried = now;
        if (what == Deed::release)
            releases.push_back(job);
        else
            removals[what == Deed::node ? EndCause::node : hold_cause(job->hold_code)].push_back(job);
    }
    carry_out(removals, releases);
}

void HeldJobs::carry_out(const std::map<EndCause, std::vector<CondorJob*>>& removals,
                         const std::vector<CondorJob*>& releases) {
    for (const auto& [cause, jobs] : removals) {
        auto done = calls_.remove(select_jobs(as_const(jobs)), cause);
        if (!done) ports_.log.warn("held jobs could not be removed: {}", done.error().text());
    }
    if (releases.empty()) return;
    auto done = calls_.release(select_jobs(as_const(releases)));
    if (!done) ports_.log.warn("held jobs could not be released: {}", done.error().text());
}

}  // namespace tw
