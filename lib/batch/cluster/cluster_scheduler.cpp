#include "batch/cluster/cluster_scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "batch/cluster/launch_script.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr Seconds longest_round{10};

}  // namespace

ClusterScheduler::ClusterScheduler(std::string name, const BatchPorts& ports, const ClusterOptions& options,
                                   std::unique_ptr<BatchSystem> system)
    : name_(std::move(name)),
      ports_(ports),
      options_(options),
      system_(std::move(system)),
      roster_(options.visibility),
      budget_(options.submits_per_minute, ports.clock.monotonic()) {}

// Some places at once or none: else a full queue would be filled up by arrays of one task each.
int ClusterScheduler::room(const Resources& resources) const {
    if (away_.active() || !refusing_.over(now()) || !crowded_.over(now()) || !possible(resources)) return 0;
    int free = options_.max_queued - static_cast<int>(roster_.alive());
    return free >= std::max(1, options_.max_queued / 4) ? free : 0;
}

int ClusterScheduler::requests() const {
    return budget_.left(now());
}

// Not what the system takes at this moment, for tags are made of it: make_scheduler() has compared the two.
std::int64_t ClusterScheduler::block() const {
    return system_->largest_array() == 1 ? 1 : options_.array;
}

// The script is durable before the system hears of the job, which may start it at once on another host.
Result<JobGroup> ClusterScheduler::make_group(const JobRequest& request) {
    JobGroup group;
    for (const TaskLaunch& task : request.tasks) {
        JobTag tag = make_tag(ports_.experiment_id, {request.trial, task.key}, block());
        group.token = tag.token;
        group.indexes.push_back(tag.index);
    }
    std::string place = layout::jobs_of(request.trial, request.tasks.front().key.incarnation);
    std::string stem = place + "/" + group.token + "." + std::to_string(group.indexes.front());
    for (auto& directory : {layout::jobs, place})
        if (auto made = make_directory_if_absent(ports_.fs, directory); !made) return fail(made.error());
    std::string script = launch_script(request, group.indexes, options_.env_file);
    auto published = publish(ports_.fs, stem + ".sh", script, group.token);
    if (!published && published.error().code != Code::exists) return fail(published.error());
    group.directory = request.directory;
    group.launch = ports_.fs.root() + "/" + stem + ".sh";
    group.log = ports_.fs.root() + "/" + stem + ".log";
    group.resources = request.resources;
    group.grace = request.grace;
    group.generated = request.generated;
    group.avoid = request.avoid;
    return group;
}

// The watcher has other things to do, and its heart must beat: what a slow system leaves no time for comes next round.
std::vector<Result<std::string>> ClusterScheduler::submit(const std::vector<JobRequest>& requests) {
    std::vector<Result<std::string>> answers;
    Seconds end = now() + longest_round;
    for (const JobRequest& request : requests) {
        bool late = now() >= end;
        for (const TaskLaunch& task : request.tasks) {
            JobRef job{request.trial, task.key};
            late ? void(not_yet_.insert(job)) : void(not_yet_.erase(job));
        }
        if (late)
            answers.push_back(fail(Code::not_yet, name_ + " is slow"));
        else
            answers.push_back(hand_over(request));
    }
    return answers;
}

void ClusterScheduler::ended(const JobRef& job) {
    roster_.remove(job);
    not_yet_.erase(job);
}

// Known before it is handed over: whatever the answer is, the job may be there. After one call that was not answered
// the others of this round are not tried: each could take as long.
Result<std::string> ClusterScheduler::hand_over(const JobRequest& request) {
    if (away_.active() || !refusing_.over(now())) return fail(Code::io, name_ + " does not answer");
    auto group = make_group(request);
    if (!group) return fail(group.error());
    for (std::size_t i = 0; i < request.tasks.size(); ++i)
        roster_.add({group->token, group->indexes[i]}, {request.trial, request.tasks[i].key}, now());
    budget_.take(now());
    auto id = system_->submit(*group);
    if (!id) judge_refusal(id.error());
    if (!id) return id;
    roster_.accepted(group->token, *id);
    crowded_.worked();
    refusing_.worked();
    return id;
}

void ClusterScheduler::judge_refusal(const Error& error) {
    if (error.code == Code::busy) {
        crowded_.failed(now());
        ports_.log.warn("{} takes no more jobs: {}; tried again in {}", name_, error.text(),
                        format_duration(crowded_.wait(now())));
    } else if (may_pass(error) || error.code == Code::not_found) {
        if (!refusing_.active()) ports_.log.warn("{} does not take jobs: {}; tried again", name_, error.text());
        refusing_.failed(now());
        look_now_ = true;  // it may have taken it
    }
}

// How its claim was made does not matter here: the tag says which job it is.
void ClusterScheduler::adopt(const JobRef& job, const std::optional<Claim>&, const Resources&) {
    roster_.add(make_tag(ports_.experiment_id, job, block()), job, now());
    look_now_ = true;
}

bool ClusterScheduler::look_due() const {
    if (!away_.over(now()) || (roster_.empty() && !away_.active())) return false;
    if (away_.active()) return true;
    return look_now_ || !last_look_ || now() - *last_look_ >= system_->look_interval();
}

// Who is missing in a look is asked about one round later: most have just ended, and their own news says how.
Listing ClusterScheduler::list() {
    if (std::exchange(looked_, false)) recall_missing();
    if (look_due()) look();
    tell_held();
    Listing listing = roster_.listing(now());
    listing.complete = !away_.active();
    for (const JobRef& job : not_yet_) listing.jobs.push_back({job, JobState::queued, "", ""});
    for (auto& [job, end] : listing.ends)
        if (end.cause == EndCause::unknown) end.confirmed = system_->confirms_death();
    return listing;
}

void ClusterScheduler::look() {
    Seconds begun = now();
    last_look_ = begun;
    auto reports = system_->look(roster_.known());
    if (!reports) {
        roster_.look_failed();
        return went_away(reports.error());
    }
    came_back();
    look_now_ = false;
    looked_ = true;
    roster_.take_look(*reports, begun);
}

void ClusterScheduler::recall_missing() {
    auto missing = roster_.missing();
    if (missing.empty()) return;
    auto ends = system_->recall(missing);
    if (ends)
        roster_.take_ends(*ends, now());
    else
        ports_.log.warn("{}", ends.error().text());
}

void ClusterScheduler::went_away(const Error& error) {
    bool news = !away_.active();
    away_.failed(now());
    if (news) ports_.log.warn("{} does not answer as it should: {}; jobs run on, and it is asked again", name_, error.text());
}

void ClusterScheduler::came_back() {
    if (away_.active()) ports_.log.info("{} answers again", name_);
    away_.worked();
}

void ClusterScheduler::tell_held() {
    auto held = roster_.newly_held();
    if (held.empty()) return;
    auto& first = held.front();
    ports_.log.warn("trial {}: {} is held by {}{}: {}", first.job.trial, first.job.key.stage, name_,
                    held.size() > 1 ? fmt::format(", and {} more", held.size() - 1) : "", first.detail);
}

// A cancel is owed until the system took it, also when the job is known here no more.
void ClusterScheduler::cancel(const std::vector<JobRef>& jobs, CancelHow how) {
    for (const JobRef& job : jobs)
        if (auto known = roster_.find(job)) to_cancel_.insert_or_assign(known->tag, std::pair(*known, how));
    send_cancels();
}

void ClusterScheduler::pump() {
    send_cancels();
}

void ClusterScheduler::send_cancels() {
    if (to_cancel_.empty() || away_.active() || !stubborn_.over(now())) return;
    bool all = true;
    for (CancelHow how : {CancelHow::terminate, CancelHow::kill}) {
        std::vector<KnownJob> jobs;
        for (auto& [tag, cancellation] : to_cancel_)
            if (cancellation.second == how) jobs.push_back(cancellation.first);
        if (jobs.empty()) continue;
        auto sent = system_->cancel(jobs, how);
        if (!sent && !stubborn_.active())
            ports_.log.warn("{} did not end {} job{}: {}; tried again", name_, jobs.size(), jobs.size() == 1 ? "" : "s",
                            sent.error().text());
        all = all && sent;
        for (auto& job : jobs)
            if (sent) to_cancel_.erase(job.tag);
    }
    all ? stubborn_.worked() : stubborn_.failed(now());
}

Result<Generated> ClusterScheduler::read_generated(FileSystem& fs, const GeneratedFile& file) {
    if (auto own = system_->read_generated(file)) {
        auto most = static_cast<std::size_t>(block());
        if (*own && (*own)->as_it_stands && (*own)->items.size() > most)  // its own numbers are the tasks'
            return fail({Code::invalid, fmt::format("{} jobs in one file, more than {}", (*own)->items.size(), most), file.path,
                         {}, 0, "raise the backend's option array, as far as the batch system takes it"});
        return *own;
    }
    return Scheduler::read_generated(fs, file);
}

}  // namespace tw
