#include "batch/cluster/roster.hpp"

#include <algorithm>

namespace tw {

namespace {

int rank(const JobReport& report) {
    if (report.state == JobState::running) return 4;
    if (report.state) return 3;
    return report.end.cause != EndCause::exited ? 2 : report.end.status != 0 ? 1 : 0;
}

}  // namespace

std::map<JobTag, JobReport> merge(const std::vector<JobReport>& reports) {
    std::map<JobTag, JobReport> best;
    for (const JobReport& report : reports) {
        auto [place, fresh] = best.try_emplace(report.tag, report);
        if (fresh) continue;
        bool surely = place->second.end.confirmed && report.end.confirmed;
        if (rank(report) > rank(place->second)) place->second = report;
        place->second.end.confirmed = surely;
    }
    return best;
}

void Roster::add(const JobTag& tag, const JobRef& job, Seconds now) {
    if (!tags_.emplace(job, tag).second) return;
    Entry entry;
    entry.job = job;
    entry.added = now;
    entries_[tag] = std::move(entry);
}

void Roster::accepted(const std::string& token, const std::string& id) {
    for (auto at = entries_.lower_bound({token, 0}); at != entries_.end() && at->first.token == token; ++at)
        if (at->second.id.empty()) at->second.id = id;
}

void Roster::remove(const JobRef& job) {
    auto tag = tags_.find(job);
    if (tag == tags_.end()) return;
    entries_.erase(tag->second);
    tags_.erase(tag);
}

std::size_t Roster::alive() const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [](auto& item) {
        return !item.second.gone && !item.second.end;
    }));
}

std::vector<KnownJob> Roster::known() const {
    std::vector<KnownJob> jobs;
    for (auto& [tag, entry] : entries_) jobs.push_back({tag, entry.id, entry.state});
    return jobs;
}

std::optional<KnownJob> Roster::find(const JobRef& job) const {
    auto tag = tags_.find(job);
    if (tag == tags_.end()) return {};
    const Entry& entry = entries_.at(tag->second);
    return KnownJob{tag->second, entry.id, entry.state};
}

void Roster::show(Entry& entry, const JobReport& report) {
    entry.id = report.id;
    entry.state = *report.state;
    entry.host = report.host;
    entry.detail = report.detail;
    entry.missing.reset();
    entry.end.reset();
    entry.gone = false;
}

void Roster::note_end(Entry& entry, const JobReport& report, Seconds now) {
    if (!entry.end) entry.ended = now;
    entry.end = report.end;
    if (!report.host.empty()) entry.host = report.host;
}

void Roster::take_look(const std::vector<JobReport>& reports, Seconds begun) {
    auto best = merge(reports);
    for (auto& [tag, entry] : entries_) {
        auto found = best.find(tag);
        if (found != best.end() && found->second.state) {
            show(entry, found->second);
        } else if (found != best.end()) {
            note_end(entry, found->second, begun);
        } else if (entry.added < begun) {
            entry.gone = entry.gone || (entry.missing && begun - *entry.missing >= visibility_);
            if (!entry.missing) entry.missing = begun;
        }
    }
}

std::vector<KnownJob> Roster::missing() const {
    std::vector<KnownJob> jobs;
    for (auto& [tag, entry] : entries_)
        if (entry.missing && !entry.end) jobs.push_back({tag, entry.id, entry.state});
    return jobs;
}

void Roster::take_ends(const std::vector<JobReport>& reports, Seconds now) {
    for (auto& [tag, report] : merge(reports)) {
        auto at = entries_.find(tag);
        if (at == entries_.end()) continue;
        report.state ? show(at->second, report) : note_end(at->second, report, now);
    }
}

void Roster::look_failed() {
    for (auto& [tag, entry] : entries_)
        if (!entry.gone) entry.missing.reset();
}

std::vector<JobStatus> Roster::newly_held() {
    std::vector<JobStatus> held;
    for (auto& [tag, entry] : entries_) {
        std::string now = entry.state == JobState::held ? "held: " + entry.detail : "";
        if (now == entry.told) continue;
        entry.told = now;
        if (!now.empty()) held.push_back({entry.job, entry.state, entry.host, entry.detail});
    }
    return held;
}

bool Roster::over(const Entry& entry, Seconds now) const {
    return entry.gone || (entry.end && now - entry.ended >= visibility_);
}

bool Roster::undecided(Seconds now) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](auto& item) {
        return (item.second.missing || item.second.end) && !over(item.second, now);
    });
}

Listing Roster::listing(Seconds now) const {
    Listing listing;
    listing.complete = true;
    for (auto& [tag, entry] : entries_) {
        if (over(entry, now))
            listing.ends[entry.job] = entry.end.value_or(JobEnd{});
        else
            listing.jobs.push_back({entry.job, entry.state, entry.host, entry.detail});
    }
    return listing;
}

}  // namespace tw
