#include "batch/local.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace tw {

namespace {

constexpr std::string_view slot_variable = "TRIALWATCH_SLOT";

// What starts ranks knows of its own job alone, and would bind those of each to the first CPUs, whatever the
// job is pinned to. Open MPI 4 and 5, Intel MPI; MPICH does not.
constexpr std::array<std::pair<const char*, const char*>, 3> unbound{
    {{"OMPI_MCA_hwloc_base_binding_policy", "none"},
     {"PRTE_MCA_hwloc_default_binding_policy", "none"},
     {"I_MPI_PIN", "off"}}};

int default_depth(int cpus) {
    return std::max(8, 4 * cpus);
}

Slots slots_of(Processes& processes, const LocalOptions& options) {
    int cpus = options.cpus > 0 ? options.cpus : processes.cpus();
    std::int64_t memory = options.memory > 0 ? options.memory : processes.memory();
    auto places = options.pin ? processes.cpu_places() : std::vector<CpuPlace>{};
    if (static_cast<int>(places.size()) < cpus) places.clear();
    return Slots(std::max(1, cpus), memory, options.gpus ? *options.gpus : processes.gpus(),
                 CpuMap(std::move(places)));
}

void set(std::map<std::string, std::string>& table, const std::string& entry) {
    std::size_t equals = entry.find('=');
    if (equals == entry.npos) return;
    table[entry.substr(0, equals)] = entry.substr(equals + 1);
}

// The wrapper ends its nonce with this, so that the claim tells a later watcher which GPUs are in use.
std::string slot_text(const SlotShare& share) {
    std::string text;
    for (std::size_t device : share.devices) text += fmt::format("g{}", device);
    return text;
}

std::vector<std::size_t> devices_in(const std::string& nonce) {
    std::vector<std::size_t> devices;
    std::size_t at = nonce.find('g');
    while (at < nonce.size() && nonce[at] == 'g') {
        std::size_t device = 0, digits = 0;
        for (++at; at < nonce.size() && nonce[at] >= '0' && nonce[at] <= '9' && digits < 6; ++at, ++digits) {
            device = device * 10 + static_cast<std::size_t>(nonce[at] - '0');
        }
        if (digits > 0) devices.push_back(device);
    }
    return devices;
}

// The wrapper's arguments: ... EXPERIMENT ID TRIAL KEY ...
bool names_job(const std::vector<std::string>& argv, const std::string& id, const JobRef& job) {
    const std::vector<std::string> words{id, job.trial, job.key.name()};
    return std::search(argv.begin(), argv.end(), words.begin(), words.end()) != argv.end();
}

}  // namespace

LocalScheduler::LocalScheduler(Processes& processes, const LocalOptions& options,
                               std::vector<std::string> environment, std::string experiment_id)
    : processes_(processes),
      slots_(slots_of(processes, options)),
      queue_depth_(options.queue_depth > 0 ? options.queue_depth : default_depth(slots_.cpus())),
      environment_(std::move(environment)),
      experiment_id_(std::move(experiment_id)),
      self_(processes.self()) {
}

Status LocalScheduler::possible(const Resources& resources) const {
    return slots_.possible(resources);
}

// A little more than runs, so that the CPUs stay busy while the watcher commits the next group.
int LocalScheduler::room(const Resources& resources) const {
    if (!possible(resources)) return 0;
    std::int64_t room = std::int64_t{slots_.fits(resources)} + queue_depth_;
    return static_cast<int>(std::max<std::int64_t>(0, room - static_cast<std::int64_t>(waiting_.size())));
}

bool LocalScheduler::known(const JobRef& job) const {
    return running_.contains(job) || waiting_refs_.contains(job) || sought_.contains(job);
}

std::vector<Result<std::string>> LocalScheduler::submit(const std::vector<JobRequest>& requests) {
    std::vector<Result<std::string>> answers;
    for (const JobRequest& request : requests) answers.push_back(enqueue(request));
    pump();
    return answers;
}

Result<std::string> LocalScheduler::enqueue(const JobRequest& request) {
    if (auto can = possible(request.resources); !can) return fail(can.error());
    for (const TaskLaunch& task : request.tasks) {
        JobRef ref{request.trial, task.key};
        if (known(ref)) continue;  // handed over before: once is enough
        waiting_refs_.insert(ref);
        waiting_.push_back({std::move(ref), task, request.directory, request.resources});
    }
    return request.token;
}

void LocalScheduler::pump() {
    scan_.reset();
    collect();
    start_what_fits();
}

// In order; smaller ones pass a larger one that does not fit yet, but not for ever.
void LocalScheduler::start_what_fits() {
    for (std::size_t i = 0; i < waiting_.size();) {
        SlotShare share;
        if (!slots_.take(waiting_[i].resources, share)) {
            if (waiting_[i].overtaken >= overtaking_limit) return;
            ++i;
            continue;
        }
        Waiting job = std::move(waiting_[i]);
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        waiting_refs_.erase(job.ref);
        start(job, std::move(share));
        if (i > 0) ++waiting_.front().overtaken;
    }
}

// A job that cannot be spawned is in no listing any more: it was never started.
void LocalScheduler::start(Waiting& job, SlotShare share) {
    Spawn spawn;
    spawn.argv = job.launch.argv;
    spawn.environment = environment_of(job, share);
    spawn.directory = job.directory;
    spawn.output = job.launch.output;
    spawn.error = job.launch.error;
    spawn.cpus = share.cpu_ids.empty() ? job.launch.cpus : share.cpu_ids;
    auto id = processes_.spawn(spawn);
    if (id) {
        running_[job.ref] = {*id, std::move(share)};
    } else {
        slots_.give_back(share);
    }
}

std::vector<std::string> LocalScheduler::environment_of(const Waiting& job, const SlotShare& share) const {
    std::map<std::string, std::string> table;
    for (const std::string& entry : environment_) set(table, entry);
    for (const std::string& entry : job.launch.environment) set(table, entry);
    table.emplace("OMP_NUM_THREADS", std::to_string(std::max(1, job.resources.cpus)));
    table.insert(unbound.begin(), unbound.end());
    if (slots_.has_gpus()) {
        table["CUDA_VISIBLE_DEVICES"] = table["ROCR_VISIBLE_DEVICES"] = slots_.names(share);
    }
    table[std::string(slot_variable)] = slot_text(share);
    std::vector<std::string> environment;
    for (const auto& [name, value] : table) environment.push_back(name + "=" + value);
    return environment;
}

// A watcher before this one had started it. Dead or alive it is taken over: the next listing looks.
void LocalScheduler::adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) {
    if (known(job)) return;
    if (claim) {
        if (claim->voided || claim->host != self_.name || claim->boot_id != self_.boot_id) return;
        Running running{{claim->pid, claim->start_time}, {}};
        running.share = slots_.take_back(resources, devices_in(claim->nonce));
        running_[job] = std::move(running);
    } else {
        sought_.insert_or_assign(job, resources);
        seek();
    }
}

void LocalScheduler::seek() {
    if (sought_.empty()) return;
    if (!scan_) {
        auto entries = processes_.list();
        if (!entries) return;  // unknown is never gone
        scan_ = std::move(*entries);
    }
    for (const auto& [job, resources] : sought_)
        if (auto id = find_wrapper(job)) running_[job] = {*id, slots_.take_back(resources, {})};
    sought_.clear();
}

// The leader of its session; its child shows the same arguments until it has become the command.
std::optional<ProcessId> LocalScheduler::find_wrapper(const JobRef& job) const {
    for (const ProcessEntry& entry : *scan_) {
        if (entry.session == entry.id.pid && names_job(entry.argv, experiment_id_, job)) return entry.id;
    }
    return {};
}

// A wrapper that left by itself saw its script's end: its place is free before the spool is read. How the
// script ended only the spool tells.
void LocalScheduler::free_place(std::int64_t pid) {
    for (auto& [ref, job] : running_) {
        if (job.id.pid != pid) continue;
        slots_.give_back(job.share);
        job.left = true;
    }
}

std::vector<JobRef> LocalScheduler::left() const {
    std::vector<JobRef> jobs;
    for (auto& [ref, job] : running_)
        if (job.left && !job.ended) jobs.push_back(ref);
    return jobs;
}

std::optional<ProcessId> LocalScheduler::wrapper_of(const JobRef& job) const {
    auto at = running_.find(job);
    return at == running_.end() ? std::nullopt : std::optional(at->second.id);
}

// Jobs whose end was told are forgotten once their wrapper is gone. What they left behind, and the others
// that died, wait for the next listing: a look at all processes is too dear for each tick.
void LocalScheduler::collect() {
    for (const ProcessExit& exit : processes_.reap()) {
        if (!exit.by_signal) free_place(exit.pid);
    }
    std::erase_if(running_, [&](const auto& entry) {
        const Running& job = entry.second;
        bool over = job.ended && !processes_.alive(job.id);
        if (over) gone_.insert(job.id);
        return over;
    });
}

// The dead ones of whose sessions something lives on; nothing if the processes cannot be listed.
std::optional<std::set<ProcessId>> LocalScheduler::outlived(const std::set<ProcessId>& dead) {
    auto entries = processes_.list();
    if (!entries) return {};
    std::map<std::int64_t, std::int64_t> oldest;  // start time by session
    std::set<std::int64_t> led;
    for (const ProcessEntry& entry : *entries) {
        auto [at, fresh] = oldest.emplace(entry.session, entry.id.start_time);
        if (!fresh) at->second = std::min(at->second, entry.id.start_time);
        if (entry.id.pid == entry.session) led.insert(entry.session);
    }
    std::set<ProcessId> left;
    for (const ProcessId& id : dead) {
        auto session = oldest.find(id.pid);
        // A session whose leader lives is another one, that got the same number later.
        if (session != oldest.end() && !led.contains(id.pid) && session->second >= id.start_time)
            left.insert(id);
    }
    return left;
}

// A dead wrapper's script may live on, and write, or have left something running. That is killed, and a
// job whose end is not known stays listed until nothing of its session is left, so that a death seen in a
// listing is certain.
void LocalScheduler::settle_dead() {
    std::set<ProcessId> dead = gone_;
    for (const auto& [ref, job] : running_) {
        if (!processes_.alive(job.id)) dead.insert(job.id);
    }
    if (dead.empty()) return;
    auto left = outlived(dead);
    if (!left) return;  // unknown is never gone
    for (const ProcessId& id : *left) (void)processes_.signal_session(id.pid, SIGKILL);
    auto settled = [&](const ProcessId& id) { return dead.contains(id) && !left->contains(id); };
    std::erase_if(gone_, settled);
    for (auto job = running_.begin(); job != running_.end();) {
        bool over = settled(job->second.id);
        if (over) slots_.give_back(job->second.share);
        job = over ? running_.erase(job) : std::next(job);
    }
}

Listing LocalScheduler::list() {
    scan_.reset();
    collect();
    seek();
    settle_dead();
    Listing listing;
    listing.complete = sought_.empty();
    for (const Waiting& job : waiting_) listing.jobs.push_back({job.ref, JobState::queued, "", ""});
    for (const auto& [ref, job] : running_) listing.jobs.push_back({ref, JobState::running, self_.name, ""});
    return listing;
}

// The wrapper posted and is about to leave: its place need not wait for that.
void LocalScheduler::ended(const JobRef& job) {
    auto at = running_.find(job);
    if (at == running_.end()) return;
    slots_.give_back(at->second.share);
    at->second.ended = true;
}

void LocalScheduler::cancel(const std::vector<JobRef>& jobs, CancelHow how) {
    std::set<JobRef> queued;
    seek();
    for (const JobRef& job : jobs) {
        if (auto at = running_.find(job); at != running_.end()) cancel_running(at->second, how);
        if (waiting_refs_.erase(job) > 0) queued.insert(job);
    }
    if (queued.empty()) return;
    std::erase_if(waiting_, [&](const Waiting& job) { return queued.contains(job.ref); });
}

void LocalScheduler::cancel_running(const Running& job, CancelHow how) {
    if (how == CancelHow::terminate) {
        (void)processes_.signal(job.id, SIGTERM);  // the wrapper passes it on and waits
    } else if (processes_.alive(job.id)) {
        (void)processes_.signal_session(job.id.pid, SIGKILL);
    }  // a dead wrapper's session is settled by the next listing
}

}  // namespace tw
