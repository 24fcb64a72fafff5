// What batch systems print and log: other people's jobs are in it, and any of it may be cut off.
#include "batch/cluster/roster.hpp"
#include "batch/gridengine/answers.hpp"
#include "batch/htcondor/class_ads.hpp"
#include "batch/htcondor/job_book.hpp"
#include "batch/htcondor/read_events.hpp"
#include "batch/slurm/accounting.hpp"
#include "batch/slurm/squeue.hpp"
#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"

namespace tw::fuzz {

namespace {

const std::vector<KnownJob>& known_jobs() {
    static const std::vector<KnownJob> jobs = {{{"tw", 1}, "", JobState::queued}, {{"tw", 0}, "", JobState::queued}};
    return jobs;
}

void demand_known(const std::vector<slurm::Found>& found) {
    for (const slurm::Found& one : found)
        demand(one.report.tag.token == "tw" && one.report.tag.index <= 1, "a job that nobody asked for");
}

}  // namespace

// What squeue prints: other people choose the names of their jobs.
std::optional<Code> squeue(const std::string& bytes) {
    const auto rows = slurm::read_squeue(bytes);
    if (!rows) return checked(rows.error(), "");
    const auto found = slurm::find_jobs(*rows, known_jobs());
    if (!found) return checked(found.error(), "");
    demand_known(*found);
    demand(merge(slurm::reports_of(*found)).size() <= known_jobs().size(), "two reports of one job");
    return {};
}

std::optional<Code> accounts(const std::string& bytes) {
    demand_known(slurm::read_sacct(bytes, known_jobs()));
    demand_known(slurm::read_jobcomp(bytes, known_jobs()));
    return {};
}

// A log is read as it grows: in two pieces it tells what it tells in one.
std::optional<Code> condor_log(const std::string& bytes) {
    const EventsRead whole = read_events(bytes);
    demand(whole.used <= bytes.size(), "more was read than there is");
    const std::size_t half = read_events(std::string_view(bytes).substr(0, bytes.size() / 2)).used;
    const EventsRead rest = read_events(std::string_view(bytes).substr(half));
    demand(half + rest.used == whole.used, "in two pieces it ends elsewhere");
    JobBook book;
    for (const EventsRead::Entry& entry : whole.events) book.take(entry.event, static_cast<std::int64_t>(entry.at), Seconds(1));
    for (const auto& [id, job] : book.jobs()) {
        demand(job.id == id, "a job under another's number");
        demand(!job.end || job.phase == CondorJob::Phase::ended, "an end of a job that goes on");
    }
    const std::int64_t from = book.forget(Seconds(2), static_cast<std::int64_t>(whole.used));
    demand(from >= 0 && from <= static_cast<std::int64_t>(whole.used), "the log would be read from outside of it");
    return {};
}

std::optional<Code> class_ads(const std::string& bytes) {
    for (const ClassAd& ad : read_class_ads(bytes)) {
        demand(!ad.empty(), "an ad of nothing");
        (void)ad.text("Cmd");
        (void)ad.number("ClusterId");
    }
    return {};
}

std::optional<Code> qstat(const std::string& bytes) {
    demand(gridengine::read_slots(bytes) >= 0, "less than no slots");
    (void)gridengine::read_silent_hosts(bytes);
    const auto tasks = gridengine::read_qstat(bytes);
    if (!tasks) return checked(tasks.error(), "");
    for (const gridengine::QueuedTask& task : *tasks) demand(gridengine::report_of(task).state.has_value(), "a job in no state");
    return {};
}

std::optional<Code> qacct(const std::string& bytes) {
    for (const JobReport& report : gridengine::read_qacct(bytes))
        demand(!report.state && report.tag.index >= 0 && report.end.status >= 0, "a record of no end");
    (void)gridengine::read_error_reasons(bytes);
    return {};
}

}  // namespace tw::fuzz
