#include "batch/agents/agents_scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "batch/host_book.hpp"
#include "batch/hosts.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/pool.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

// A job that an agent hands back goes against the eye, which looks at the queue first: one look may miss it.
constexpr int looks_to_be_gone = 2;

// Jobs that are published between two bells.
constexpr std::size_t jobs_per_bell = 32;

// The watcher submitted some that have not begun.
bool some_are_coming(FileSystem& fs) {
    auto pool = list_pool(fs);
    return pool && std::any_of(pool->begin(), pool->end(),
                               [](auto& entry) { return entry.state == PoolEntry::State::wanted; });
}

std::string needs_in_words(const Resources& resources) {
    Resources part = HostBook::part_of(resources);
    SlotShare share = Slots::share_of(part);
    std::string needs = fmt::format("{}, {} of memory and {}", counted(share.cpus, "CPU"),
                                    format_bytes(share.memory), counted(share.gpus, "GPU"));
    if (resources.nodes <= 1) return needs;
    return fmt::format("{} with {} each; start one with --hosts", counted(resources.nodes, "host"), needs);
}

AgentJob content_of(const JobRequest& request, const TaskLaunch& task, Seconds silence) {
    return {request.directory, task.argv, task.environment, task.output, task.error, silence};
}

}  // namespace

bool AgentsScheduler::Entry::gone() const {
    return abandoned || missed >= looks_to_be_gone;
}

AgentsScheduler::AgentsScheduler(const BatchPorts& ports, const AgentsOptions& options)
    : ports_(ports),
      options_(options),
      nonce_(maker_name(ports.processes.self())),
      pool_(ports.fs, ports.clock, options.silence) {
}

// What no agent has now one that starts tomorrow may have.
Status AgentsScheduler::possible(const Resources& resources) const {
    if (resources.nodes <= most_hosts) return {};
    return fail(Code::refused, fmt::format("needs {} nodes, and no agent covers so many", resources.nodes));
}

int AgentsScheduler::room(const Resources& resources) const {
    if (!possible(resources)) return 0;
    auto there =
        std::count_if(entries_.begin(), entries_.end(), [](auto& entry) { return !entry.second.gone(); });
    return std::max(0, options_.max_queued - static_cast<int>(there));
}

std::vector<Result<std::string>> AgentsScheduler::submit(const std::vector<JobRequest>& requests) {
    std::vector<Result<std::string>> answers;
    auto ready = make_agent_directories(ports_.fs);
    for (const JobRequest& request : requests) {
        answers.push_back(ready ? publish_jobs(request) : Result<std::string>(fail(ready.error())));
        if (answers.size() % jobs_per_bell == 1 || answers.size() == requests.size())
            ring_agents(ports_.fs, nonce_);
    }
    return answers;
}

// Known before it is published: whatever the answer is, an agent may have it.
Result<std::string> AgentsScheduler::publish_jobs(const JobRequest& request) {
    for (const TaskLaunch& task : request.tasks) {
        JobRef job{request.trial, task.key};
        if (!entries_.emplace(job, Entry{}).second) continue;
        AgentJobName name{request.trial, task.key, request.resources, request.grace};
        places_.insert_or_assign(job, JobPlace{name, ""});  // ended() takes out what a failure had published
        auto queued = queue_job(ports_.fs, name, content_of(request, task, options_.silence), nonce_);
        if (!queued) return fail(queued.error());
    }
    return request.token;
}

// How it was claimed does not matter here: the folders show whether it is there.
void AgentsScheduler::adopt(const JobRef& job, const std::optional<Claim>&, const Resources&) {
    if (entries_.emplace(job, Entry{}).second) look_now_ = true;
}

Listing AgentsScheduler::list() {
    Seconds now = ports_.clock.monotonic();
    bool due = !last_look_ || now - *last_look_ >= options_.poll || look_now_ || undecided();
    if (due) look();
    Listing listing;
    listing.complete = whole_;
    for (auto& [job, entry] : entries_) {
        if (entry.abandoned) {
            bool left = pool_.standing(entry.agent) == AgentPool::Standing::left;
            std::string why = "agent " + entry.agent + (left ? " left" : " fell silent");
            listing.ends[job] = {EndCause::node, 0, left, why};
        } else if (entry.gone()) {
            if (entry.left_in_order) listing.ends[job] = {EndCause::unknown, 0, true, ""};
        } else {
            auto state = entry.agent.empty() ? JobState::queued : JobState::running;
            listing.jobs.push_back({job, state, entry.agent.empty() ? "" : pool_.host(entry.agent), ""});
        }
    }
    return listing;
}

void AgentsScheduler::look() {
    last_look_ = ports_.clock.monotonic();
    look_now_ = false;
    auto places = pool_.look();
    whole_ = places.has_value();
    if (!places) {
        ports_.log.warn("the agents' folders cannot be read: {}", places.error().text());
        return;
    }
    places_ = std::move(*places);
    for (auto& [job, entry] : entries_) take_look(job, entry);
    pool_.remove_dead(places_, [this](const JobRef& job) { return entries_.contains(job); });
    send_cancels();
    tell_waiting();
}

// Of an agent that lives, or said that it leaves, what is gone from its folder is gone for good: it removes a
// job's file when nothing of it lives any more.
void AgentsScheduler::take_look(const JobRef& job, Entry& entry) {
    auto place = places_.find(job);
    if (place == places_.end()) {
        auto standing = pool_.standing(entry.agent);
        if (entry.missed++ == 0)
            entry.left_in_order =
                standing == AgentPool::Standing::lives || standing == AgentPool::Standing::left;
        return;
    }
    entry.missed = 0;
    entry.agent = place->second.agent;
    entry.abandoned = !entry.agent.empty() && pool_.standing(entry.agent) != AgentPool::Standing::lives;
}

bool AgentsScheduler::undecided() const {
    return std::any_of(entries_.begin(), entries_.end(), [](auto& entry) {
        return entry.second.missed > 0 && entry.second.missed < looks_to_be_gone;
    });
}

// Given up or booked: what is left in the queue, or with an agent that is silent, would be started in vain.
// An agent that lives removes the file itself, when nothing of the job lives any more.
void AgentsScheduler::ended(const JobRef& job) {
    auto entry = entries_.find(job);
    if (entry == entries_.end()) return;
    auto place = places_.find(job);
    if (place != places_.end() && place->second.agent.empty())
        (void)remove_if_there(ports_.fs, queue_path(place->second.job));
    if (place != places_.end() && entry->second.abandoned)
        (void)remove_if_there(ports_.fs, job_path(place->second.agent, place->second.job));
    if (place != places_.end()) places_.erase(place);
    entries_.erase(entry);
    to_cancel_.erase(job);
    told_large_.erase(job);
}

void AgentsScheduler::cancel(const std::vector<JobRef>& jobs, CancelHow how) {
    for (const JobRef& job : jobs)
        if (entries_.contains(job)) to_cancel_.insert_or_assign(job, how);
    send_cancels();
}

// Those in the queue first: else they get the room that the others leave, and start once more.
void AgentsScheduler::send_cancels() {
    auto waits = [&](const JobRef& job) {
        auto place = places_.find(job);
        return place != places_.end() && place->second.agent.empty();
    };
    for (bool waiting : {true, false})
        std::erase_if(to_cancel_, [&](auto& owed) {
            return waits(owed.first) == waiting && send_cancel(owed.first, owed.second);
        });
    look_now_ = look_now_ || !to_cancel_.empty();
}

// false: owed until a look shows where the job is.
bool AgentsScheduler::send_cancel(const JobRef& job, CancelHow how) {
    auto place = places_.find(job);
    if (place == places_.end()) return entries_[job].missed >= looks_to_be_gone;
    if (place->second.agent.empty()) return ports_.fs.remove(queue_path(place->second.job)).has_value();
    AgentNote note;
    note.kind = how == CancelHow::kill ? AgentNote::Kind::kill : AgentNote::Kind::end;
    note.trial = job.trial;
    note.key = job.key;
    return put_note(ports_.fs, place->second.agent, note).has_value();
}

void AgentsScheduler::dismiss() {
    AgentNote drain;
    drain.kind = AgentNote::Kind::drain;
    auto ids = list_agents(ports_.fs);
    if (!ids) return;
    for (auto& id : *ids) (void)put_note(ports_.fs, id, drain);
}

int AgentsScheduler::slots() const {
    return options_.slots > 0 ? options_.slots : std::max(1, pool_.cpus());
}

// Nobody would know why nothing happens.
void AgentsScheduler::tell_waiting() {
    auto waits = [&](auto& entry) { return entry.second.agent.empty() && entry.second.missed == 0; };
    auto first = std::find_if(entries_.begin(), entries_.end(), waits);
    bool none = first != entries_.end() && pool_.count() == 0;
    if (none && !told_none_ && !some_are_coming(ports_.fs) && !std::exchange(told_none_, true))
        ports_.log.info("jobs wait for an agent: start trialagent {} in an allocation", ports_.fs.root());
    if (!none) told_none_ = false;
    if (first == entries_.end() || none) return;
    for (auto& [job, place] : places_) {
        if (!place.agent.empty() || pool_.could_run(place.job.resources) || !entries_.contains(job)) continue;
        if (!told_large_.insert(job).second) continue;
        ports_.log.warn("trial {}: {} waits for a larger agent: none that lives has {}", job.trial,
                        job.key.stage, needs_in_words(place.job.resources));
    }
}

}  // namespace tw
