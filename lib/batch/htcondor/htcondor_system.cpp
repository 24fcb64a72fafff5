#include "batch/htcondor/htcondor_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "batch/htcondor/generated_file.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// condor_submit -terse prints "12.0 - 12.999", a line for each cluster.
std::optional<std::int64_t> cluster_in(const std::string& output) {
    std::string_view text = trim(output);
    std::int64_t cluster = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), cluster);
    bool dotted = failure == std::errc() && stop != text.data() + text.size() && *stop == '.';
    bool one_line = text.find('\n') == std::string_view::npos;
    return dotted && one_line && cluster > 0 ? std::optional<std::int64_t>(cluster) : std::nullopt;
}

}  // namespace

HtcondorSystem::HtcondorSystem(const BatchPorts& ports, const SystemSettings& settings,
                               HtcondorOptions options)
    : ports_(ports),
      settings_(settings),
      options_(std::move(options)),
      calls_(ports, settings.timeout, options_.bin, settings.forward),
      tail_(ports.fs, htcondor_log),
      held_(ports_, options_, calls_, settings.timeout, settings.poll),
      last_news_(ports.clock.monotonic()) {
}

Describing HtcondorSystem::describing() const {
    return {options_, settings_.forward, ports_.fs.root() + "/" + htcondor_log, ports_.experiment_id};
}

Status HtcondorSystem::possible(const Resources& resources) const {
    if (auto good = check_htcondor_resources(resources); !good) return good;
    auto too_much = [](const std::string& what, const std::string& option) {
        return fail({Code::refused,
                     fmt::format("no machine of the pool has {}", what),
                     {},
                     {},
                     0,
                     fmt::format("where one has, say so by the backend's option '{}'", option)});
    };
    if (resources.cpus > options_.max_cpus)
        return too_much(fmt::format("{} CPUs", resources.cpus), "max_cpus");
    if (resources.gpus > options_.max_gpus)
        return too_much(fmt::format("{} GPUs", resources.gpus), "max_gpus");
    if (options_.max_memory > 0 && resources.memory > options_.max_memory)
        return too_much(format_bytes(resources.memory) + " of memory", "max_memory");
    return {};
}

// condor_submit accepts jobs whose log cannot be written, and then there is none.
void HtcondorSystem::make_log() {
    (void)make_directory_if_absent(ports_.fs, std::string(parent_of(htcondor_log)));
    auto made = ports_.fs.create(htcondor_log, "");
    if (made || made.error().code == Code::exists || told_no_log_) return;
    told_no_log_ = true;
    ports_.log.warn("HTCondor's event log cannot be made: {}; condor_q is asked every {} instead",
                    made.error().text(), format_duration(settings_.poll));
}

Result<std::string> HtcondorSystem::submit(const JobGroup& group) {
    make_log();
    std::vector<std::string> arguments{"-terse"};
    std::string input = group.generated;
    if (group.generated.empty()) {
        auto text = describe(group, describing());
        if (!text) return fail(text.error());
        input = *text;
    } else {
        auto added = additions(group, describing());
        if (!added) return fail(added.error());
        for (std::string& word : append_arguments(*added)) arguments.push_back(std::move(word));
    }
    arguments.emplace_back(
        "-");  // standard input: nothing is left behind, and relative names are the trial's
    auto result = calls_.run("condor_submit", arguments, input, group.directory);
    if (!result) return fail(result.error());
    if (result->status != 0) return fail(condor_error("condor_submit", *result));
    return learn_answer(group, result->output);
}

Result<std::string> HtcondorSystem::learn_answer(const JobGroup& group, const std::string& output) {
    auto cluster = cluster_in(output);
    if (!cluster)
        return fail(Code::io, fmt::format("condor_submit answered '{}', which names no cluster",
                                          shortened(output, 100)));
    for (std::size_t i = 0; i < group.indexes.size(); ++i) {
        std::int64_t proc = group.generated.empty() ? static_cast<std::int64_t>(i) : group.indexes[i] - 1;
        book_.learn({*cluster, proc}, {group.token, group.indexes[i]});
    }
    unseen_[*cluster] = now();
    return std::to_string(*cluster);
}

std::optional<JobReport> HtcondorSystem::report(const KnownJob& known) const {
    const CondorJob* job = book_.of(known.tag);
    if (!job && book_.makes_more(known.tag.token))
        return JobReport{known.tag, known.id, JobState::queued, "", "", {}};
    // It is not known where it is, and it was not asked yet: that it is gone would be a guess.
    if (!job && !asked_.contains(known.tag)) return JobReport{known.tag, known.id, known.state, "", "", {}};
    if (!job || (job->vanished && !job->end)) return std::nullopt;
    JobReport report{known.tag, job->id.text(), JobState::queued, job->host, job->detail, {}};
    switch (job->phase) {
        case CondorJob::Phase::idle: break;
        case CondorJob::Phase::running: report.state = JobState::running; break;
        case CondorJob::Phase::held: report.state = JobState::held; break;
        case CondorJob::Phase::ended: report.state.reset(); break;
    }
    if (job->end) report.end = *job->end;
    return report;
}

Result<std::vector<JobReport>> HtcondorSystem::look(const std::vector<KnownJob>& known) {
    if (auto read = read_log(); !read) return fail(read.error());
    if (auto asked = consult_queue(known); !asked) return fail(asked.error());
    std::vector<CondorJob*> held;
    for (const KnownJob& it : known) {
        const CondorJob* job = book_.of(it.tag);
        if (job && job->phase == CondorJob::Phase::held && !job->vanished)
            held.push_back(book_.find(job->id));
    }
    held_.act(held);
    remove_started_ones(known);
    forget_all_but(known);
    std::vector<JobReport> reports;
    for (const KnownJob& it : known)
        if (auto found = report(it)) reports.push_back(std::move(*found));
    return reports;
}

void HtcondorSystem::forget_all_but(const std::vector<KnownJob>& known) {
    std::set<JobTag> tags;
    for (const KnownJob& job : known) tags.insert(job.tag);
    for (auto* set : {&asked_, &doomed_}) std::erase_if(*set, [&](auto& tag) { return !tags.contains(tag); });
}

// What was taken off its machine is not to wait for another one: the attempt is over, and its claim would
// stop it.
void HtcondorSystem::remove_started_ones(const std::vector<KnownJob>& known) {
    std::map<EndCause, std::vector<const CondorJob*>> over;
    for (const KnownJob& it : known) {
        const CondorJob* found = book_.of(it.tag);
        CondorJob* job = found ? book_.find(found->id) : nullptr;
        if (!job || job->phase == CondorJob::Phase::ended || job->vanished) continue;
        if (job->removing && now() - *job->removing < settings_.poll) continue;
        bool unwanted = doomed_.contains(it.tag) && job->from >= 0;
        bool idle_again = job->phase == CondorJob::Phase::idle && job->fate;
        if (!unwanted && !idle_again) continue;
        job->removing = now();
        over[unwanted ? EndCause::cancelled : job->fate->cause].push_back(job);
    }
    for (const auto& [cause, jobs] : over) {
        auto done = calls_.remove(select_jobs(jobs), cause);
        if (!done) ports_.log.warn("jobs could not be removed: {}", done.error().text());
    }
}

std::optional<Result<Generated>> HtcondorSystem::read_generated(const GeneratedFile& file) {
    return expand_generated(file, calls_, describing(), ports_.fs);
}

}  // namespace tw
