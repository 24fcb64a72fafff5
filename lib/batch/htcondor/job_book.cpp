#include "batch/htcondor/job_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tw {

namespace {

constexpr std::string_view notes_word = "trialwatch ";
constexpr std::string_view reason_word = "trialwatch: ";
constexpr std::size_t longest_history = 50;

constexpr std::array<std::pair<EndCause, std::string_view>, 6> causes{{{EndCause::cancelled, "cancelled"},
                                                                       {EndCause::held, "held"},
                                                                       {EndCause::time_limit, "time limit"},
                                                                       {EndCause::memory, "memory"},
                                                                       {EndCause::node, "node"},
                                                                       {EndCause::preempted, "preempted"}}};

using Phase = CondorJob::Phase;

void record(CondorJob& job, const CondorEvent& event) {
    job.history.push_back(event);
    if (job.history.size() > longest_history) job.history.erase(job.history.begin());
}

// The start is over, the job is not.
void start_over(CondorJob& job, EndCause cause, bool gone, std::string detail) {
    if (job.starts > 0) job.fate = JobEnd{cause, 0, gone && !job.doubled, detail};
    if (gone) job.alive = false;
    if (job.phase == Phase::running) job.phase = Phase::idle;
    job.detail = std::move(detail);
}

void executing(CondorJob& job, const CondorEvent& event) {
    if (job.alive) {
        job.doubled = true;
        job.fate = JobEnd{EndCause::node, 0, false, "its shadow died, and HTCondor started the job again"};
    }
    ++job.starts;
    job.alive = true;
    job.phase = Phase::running;
    job.host = event.host;
    job.detail.clear();
}

void held(CondorJob& job, const CondorEvent& event) {
    job.phase = Phase::held;
    job.alive = false;
    job.hold_code = event.hold_code;
    job.hold_subcode = event.hold_subcode;
    job.detail = event.reason;
    job.removing.reset();
}

void terminated(CondorJob& job, const CondorEvent& event) {
    job.phase = Phase::ended;
    job.end = JobEnd{EndCause::exited, event.status, true, {}};
    if (job.fate) job.end = job.fate;  // what has exited is the second start, which found the claim taken
    if (job.doubled) job.end->confirmed = false;
    job.alive = false;
}

// Whose own removal it is says why in the reason; a removal by others is theirs.
void aborted(CondorJob& job, const CondorEvent& event) {
    auto ours = read_removal_reason(event.reason);
    JobEnd end{ours.value_or(EndCause::cancelled), 0, !job.doubled && (!job.alive || event.ended_there),
               event.reason};
    if (ours && job.fate && ours == job.fate->cause) {
        end.detail = job.fate->detail;
        end.confirmed = end.confirmed && job.fate->confirmed;
    } else if (ours && *ours != EndCause::cancelled) {
        end.detail = job.detail;
    }
    job.phase = Phase::ended;
    job.end = end;
    job.alive = false;
}

void reconnected(CondorJob& job, const CondorEvent& event) {
    job.phase = Phase::running;
    job.alive = true;
    if (!event.host.empty()) job.host = event.host;
    job.detail.clear();
}

void change(CondorJob& job, const CondorEvent& event) {
    switch (event.kind) {
        case CondorEventKind::executing: return executing(job, event);
        case CondorEventKind::evicted:
            return start_over(job, EndCause::preempted, true,
                              event.reason.empty() ? "HTCondor took it off its machine" : event.reason);
        case CondorEventKind::shadow_exception:
            return start_over(job, EndCause::node, false, "shadow exception: " + event.reason);
        case CondorEventKind::reconnect_failed:
            return start_over(job, EndCause::node, false, "its machine is not to be reached any more");
        case CondorEventKind::terminated: return terminated(job, event);
        case CondorEventKind::aborted: return aborted(job, event);
        case CondorEventKind::held: return held(job, event);
        case CondorEventKind::released:
            job.phase = Phase::idle;
            ++job.releases;
            job.detail.clear();
            return;
        case CondorEventKind::reconnected: return reconnected(job, event);
        case CondorEventKind::disconnected: job.detail = "disconnected: " + event.reason; return;
        case CondorEventKind::suspended: job.detail = "suspended"; return;
        case CondorEventKind::resumed: job.detail.clear(); return;
        case CondorEventKind::starter_error:
            if (job.host.empty()) job.host = event.host;
            return;
        default: return;
    }
}

}  // namespace

std::string condor_notes(const std::string& token, const std::string& index) {
    return fmt::format("{}{}.{}", notes_word, token, index);
}

std::optional<JobTag> read_condor_notes(std::string_view notes) {
    if (!notes.starts_with(notes_word)) return std::nullopt;
    notes.remove_prefix(notes_word.size());
    std::size_t dot = notes.find('.');
    if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
    JobTag tag{std::string(notes.substr(0, dot)), 0};
    auto [stop, failure] = std::from_chars(notes.data() + dot + 1, notes.data() + notes.size(), tag.index);
    if (failure != std::errc() || stop != notes.data() + notes.size() || tag.index < 0) return std::nullopt;
    return tag;
}

std::string removal_reason(EndCause cause) {
    for (const auto& [which, word] : causes) {
        if (which == cause) return std::string(reason_word) + std::string(word);
    }
    return removal_reason(EndCause::cancelled);
}

std::optional<EndCause> read_removal_reason(std::string_view reason) {
    if (!reason.starts_with(reason_word)) return std::nullopt;
    reason.remove_prefix(reason_word.size());
    for (const auto& [which, word] : causes) {
        if (reason.starts_with(word)) return which;  // "(by user ada)" follows
    }
    return std::nullopt;
}

CondorJob& JobBook::entry(const CondorId& id, std::int64_t at) {
    auto [place, made] = jobs_.try_emplace(id);
    if (made) {
        place->second.id = id;
        place->second.from = at;
    }
    return place->second;
}

// A schedd that lost its memory gives an id twice: then everything that is known under it is another job's.
void JobBook::learn(const CondorId& id, const JobTag& tag) {
    if (const CondorJob* known = find(id); known && !known->tag.token.empty() && known->tag != tag) {
        drop_tag(*known);
        jobs_.erase(id);
    }
    CondorJob& job = entry(id, -1);
    auto& ids = by_tag_[tag];
    job.tag = tag;
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

// Jobs that were still to be made are not made any more.
void JobBook::take_factory(const CondorEvent& event, std::int64_t at, Seconds now) {
    if (event.kind == CondorEventKind::factory_removed) {
        factories_.erase(event.job.cluster);
        for (auto& [id, job] : jobs_) {
            if (id.cluster != event.job.cluster || job.from >= 0) continue;
            job.phase = Phase::ended;
            job.end = JobEnd{EndCause::cancelled, 0, true, "its cluster was removed before the job was made"};
            job.ended_at = now;
        }
    }
    auto tag = read_condor_notes(event.notes);
    if (event.kind == CondorEventKind::factory_submitted && tag)
        factories_[event.job.cluster] = {tag->token, at};
}

void JobBook::take(const CondorEvent& event, std::int64_t at, Seconds now) {
    if (event.job.proc < 0) return take_factory(event, at, now);
    if (event.kind == CondorEventKind::submitted) {
        auto tag = read_condor_notes(event.notes);
        if (!tag) return;  // not ours, whoever writes there
        learn(event.job, *tag);
    }
    CondorJob* job = find(event.job);
    if (!job || job->phase == Phase::ended) return;
    if (job->from < 0) job->from = at;
    if (event.kind == CondorEventKind::other) return;
    record(*job, event);
    job->vanished = false;
    change(*job, event);
    if (job->end) job->ended_at = now;
    // It was told to do nothing (noop_job): a job of a submit file that is not among its group's.
    if (job->end && event.kind == CondorEventKind::terminated && job->starts == 0) drop_tag(*job);
}

void JobBook::drop_tag(const CondorJob& job) {
    auto ids = by_tag_.find(job.tag);
    if (ids == by_tag_.end()) return;
    std::erase(ids->second, job.id);
    if (ids->second.empty()) by_tag_.erase(ids);
}

CondorJob* JobBook::find(const CondorId& id) {
    auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : &found->second;
}

const CondorJob* JobBook::of(const JobTag& tag) const {
    auto ids = by_tag_.find(tag);
    if (ids == by_tag_.end()) return nullptr;
    const CondorJob* best = nullptr;
    for (const CondorId& id : ids->second) {
        const CondorJob& job = jobs_.at(id);
        bool lives = !job.end, better = !best || (lives && best->end);
        // A copy that found the claim taken exits by itself; how the other one ended is what counts.
        if (best && best->end && job.end && best->end->cause == EndCause::exited) better = true;
        if (best && !best->end && lives && job.phase == Phase::running)
            better = best->phase != Phase::running;
        if (better) best = &job;
    }
    return best;
}

bool JobBook::makes_more(const std::string& token) const {
    return std::any_of(factories_.begin(), factories_.end(),
                       [&](const auto& factory) { return factory.second.token == token; });
}

bool JobBook::anything_lives() const {
    return !factories_.empty() ||
           std::any_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job.second.end; });
}

std::int64_t JobBook::forget(Seconds before, std::int64_t end) {
    std::int64_t from = end;
    for (auto job = jobs_.begin(); job != jobs_.end();) {
        const CondorJob& it = job->second;
        if (it.end && it.ended_at < before) {
            drop_tag(it);
            job = jobs_.erase(job);
            continue;
        }
        if (it.from >= 0) from = std::min(from, it.from);
        ++job;
    }
    for (const auto& [cluster, factory] : factories_) from = std::min(from, factory.from);
    return from;
}

}  // namespace tw
