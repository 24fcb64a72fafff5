// How an HtcondorSystem learns: from the log, and where that does not do, from the queue.
#include <fmt/format.h>

#include <algorithm>

#include "batch/htcondor/htcondor_system.hpp"

namespace tw {

namespace {

// Ended jobs are remembered so long: a watcher that starts within that time asks nobody.
constexpr Seconds remembered{3600};

}  // namespace

void HtcondorSystem::tell_log_is_gone(const Error& error) {
    if (!log_gone_ && book_.anything_lives())
        ports_.log.warn("HTCondor's event log cannot be read: {}; condor_q is asked instead", error.text());
    log_gone_ = true;
}

Status HtcondorSystem::read_log() {
    auto news = tail_.read();
    if (!news && may_pass(news.error())) return fail(news.error());
    if (!news) {
        tell_log_is_gone(news.error());
        return {};
    }
    log_gone_ = news->anew;  // what was told in the old one's last moments is not known: ask once
    if (news->anew) last_query_.reset();
    if (!news->events.empty()) last_news_ = now();
    for (const auto& entry : news->events) {
        book_.take(entry.event, static_cast<std::int64_t>(entry.at), now());
        unseen_.erase(entry.event.job.cluster);
    }
    if (!last_look_ || now() - *last_look_ >= Seconds(60)) {
        last_look_ = now();
        tail_.keep_from(book_.forget(now() - remembered, tail_.offset()));
    }
    return {};
}

// The submit event is written before condor_submit answers: where it is not there soon, there is no log.
bool HtcondorSystem::log_is_missed() const {
    if (log_gone_ && book_.anything_lives()) return true;
    return std::any_of(unseen_.begin(), unseen_.end(),
                       [&](auto& entry) { return now() - entry.second > Seconds(10); });
}

bool HtcondorSystem::is_unsure(const JobTag& tag) const {
    return !book_.of(tag) && !book_.makes_more(tag.token) && !asked_.contains(tag);
}

bool HtcondorSystem::must_ask(const std::vector<KnownJob>& known) {
    if (last_query_ && now() - *last_query_ < settings_.poll) return false;
    if (log_is_missed()) return true;
    if (std::any_of(known.begin(), known.end(), [&](auto& job) { return is_unsure(job.tag); })) return true;
    // Not in the last answer: that it is gone should not hang on one.
    auto lost = [](const CondorJob* job) { return job && job->vanished && !job->end; };
    if (std::any_of(known.begin(), known.end(), [&](auto& job) { return lost(book_.of(job.tag)); })) return true;
    bool silent = now() - last_news_ > options_.silence;
    return silent && !known.empty() && book_.anything_lives();
}

Status HtcondorSystem::consult_queue(const std::vector<KnownJob>& known) {
    if (!must_ask(known)) return {};
    last_query_ = now();
    auto entries = ask_queue(calls_, ports_.experiment_id);
    if (!entries) return fail(entries.error());
    // Between the log's end and the answer a job may have ended: the log goes first.
    if (auto read = read_log(); !read) return read;
    last_news_ = now();
    for (const KnownJob& job : known) asked_.insert(job.tag);
    take_queue(*entries);
    if (!unseen_.empty() && log_is_missed() && !told_no_log_) {
        told_no_log_ = true;
        ports_.log.warn("HTCondor writes no event log at {}/{}: condor_q is asked every {} instead",
                        ports_.fs.root(), htcondor_log, format_duration(settings_.poll));
    }
    return {};
}

void HtcondorSystem::take_queue(const std::vector<QueueEntry>& entries) {
    std::set<CondorId> there;
    for (const QueueEntry& entry : entries) {
        there.insert(entry.id);
        const CondorJob* had = book_.find(entry.id);
        bool by_log = had && had->from >= 0 && !log_gone_;
        book_.learn(entry.id, entry.tag);
        CondorJob& job = *book_.find(entry.id);
        job.vanished = false;
        if (by_log || job.end) continue;
        job.phase = entry.phase;
        job.host = entry.host;
        job.detail = entry.detail;
        job.hold_code = entry.hold_code;
        job.hold_subcode = entry.hold_subcode;
        job.starts = entry.starts;
        if (entry.phase == CondorJob::Phase::ended) job.end = entry.end;
    }
    for (auto& [id, job] : book_.jobs()) {
        bool to_be_made = job.from < 0 && book_.makes_more(job.tag.token);
        if (!job.end && !there.contains(id) && !to_be_made) job.vanished = true;
    }
    std::erase_if(unseen_, [&](auto& entry) {
        return std::none_of(book_.jobs().begin(), book_.jobs().end(), [&](auto& job) {
            return job.first.cluster == entry.first && !job.second.end && !job.second.vanished;
        });
    });
}

Result<std::vector<JobReport>> HtcondorSystem::recall(const std::vector<KnownJob>& jobs) {
    std::vector<JobReport> reports;
    std::vector<JobTag> unknown;
    for (const KnownJob& known : jobs) {
        const CondorJob* job = book_.of(known.tag);
        if (job && job->end)
            reports.push_back({known.tag, job->id.text(), {}, job->host, job->detail, *job->end});
        else
            unknown.push_back(known.tag);
    }
    if (unknown.empty() || (last_history_ && now() - *last_history_ < settings_.poll)) return reports;
    last_history_ = now();
    auto entries = ask_history(calls_, unknown);
    if (!entries) return fail(entries.error());
    for (const QueueEntry& entry : *entries) {
        if (entry.end.cause == EndCause::unknown) continue;
        reports.push_back({entry.tag, entry.id.text(), {}, entry.host, entry.end.detail, entry.end});
    }
    return reports;
}

// Whether these are all that is left of the clusters that still make jobs: then the clusters themselves can
// go.
bool HtcondorSystem::leaves_nothing_of_factories(const std::set<JobTag>& tags) const {
    std::set<std::string> tokens;
    for (const JobTag& tag : tags)
        if (book_.makes_more(tag.token)) tokens.insert(tag.token);
    return std::all_of(book_.jobs().begin(), book_.jobs().end(), [&](auto& entry) {
        const CondorJob& job = entry.second;
        return job.end || !tokens.contains(job.tag.token) || tags.contains(job.tag);
    });
}

void HtcondorSystem::doom(const std::vector<JobTag>& tags) {
    for (const JobTag& tag : tags) {
        const CondorJob* job = book_.of(tag);
        if (book_.makes_more(tag.token) && (!job || job->from < 0)) doomed_.insert(tag);
    }
}

// condor_rm sends TERM, waits for job_max_vacate_time and kills. condor_vacate_job -fast kills at once, all
// processes of the job, and queues it again, whence condor_rm takes it; were it started in between, it would
// find its claim taken. A job that was told to end already (removed, and still listed) cannot be hurried: its
// time is bounded anyway.
Status HtcondorSystem::cancel(const std::vector<KnownJob>& jobs, CancelHow how) {
    std::vector<JobTag> all, running;
    for (const KnownJob& known : jobs) {
        all.push_back(known.tag);
        const CondorJob* job = book_.of(known.tag);
        bool runs = job ? job->phase == CondorJob::Phase::running : known.state == JobState::running;
        if (runs && !(job && job->removing)) running.push_back(known.tag);
    }
    if (all.empty()) return {};
    if (how == CancelHow::kill && !running.empty()) {
        if (auto done = calls_.kill(select_tags(running, false)); !done) return done;
    }
    bool whole = leaves_nothing_of_factories({all.begin(), all.end()});
    if (auto done = calls_.remove(select_tags(all, whole), EndCause::cancelled); !done) return done;
    if (!whole) doom(all);
    for (const JobTag& tag : all) {
        const CondorJob* found = book_.of(tag);
        if (found && !found->end && found->from >= 0) book_.find(found->id)->removing = now();
    }
    return {};
}

}  // namespace tw
