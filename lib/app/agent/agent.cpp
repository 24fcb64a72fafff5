#include "app/agent/agent.hpp"

#include <algorithm>
#include <functional>

#include "base/counted.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"

namespace tw {

namespace {

JobRef ref_of(const AgentJobName& job) {
    return {job.trial, job.key};
}

AgentCard card_of(Ports ports, const AgentOptions& options, const JobRunner& runner) {
    HostIdentity self = ports.processes.self();
    AgentCard card{self.name,         self.boot_id,       self.user,     self.pid,      self.start_time,
                   ports.clock.now(), options.beat,       options.ends,  runner.cpus(), options.memory,
                   options.gpus,      options.allocation, runner.hosts()};
    return card;
}

Result<AgentFolder> make_folder(Ports ports, const AgentOptions& options, const JobRunner& runner) {
    std::string id = ports.processes.self().name + "." + ports.processes.random_hex(8);
    return AgentFolder::make(ports.fs, id, card_of(ports, options, runner));
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::start(Ports ports, AgentOptions options, JobRunner& runner) {
    if (auto here = check_place(ports.fs); !here) return fail(here.error());
    auto folder = make_folder(ports, options, runner);
    if (!folder) return fail(folder.error());
    std::unique_ptr<Agent> agent(new Agent(ports, std::move(options), runner, std::move(*folder)));
    agent->take_place();
    return agent;
}

Agent::Agent(Ports ports, AgentOptions options, JobRunner& runner, AgentFolder folder)
    : ports_(ports),
      options_(std::move(options)),
      runner_(runner),
      folder_(std::move(folder)),
      spool_(ports.fs),
      queue_(ports, *this) {
    Seconds begin = now();
    last_beat_ = last_busy_ = begin;
    if (options_.ends) deadline_ = begin + (*options_.ends - ports.clock.now());
    ports.waker.watch(layout::agents + "/" + folder_.id());
}

int Agent::run() {
    ports_.log.info("agent {}: {}", folder_.id(), counted(runner_.cpus(), "CPU"));
    while (!over()) {
        tick();
        if (over()) break;
        if (ports_.waker.wait(pause_length()) == Waker::Reason::hint) queue_.take_hint();
    }
    read_folder();  // what a lost answer had left here goes back
    if (!jobs_.empty()) {
        ports_.log.warn("agent {} falls silent: it cannot tell whether {} still run{}", folder_.id(),
                        counted(jobs_.size(), "job"), jobs_.size() == 1 ? "s" : "");
        return 1;
    }
    if (auto left = folder_.leave(); !left) ports_.log.warn("{}", left.error().text());
    if (place_) place_->leave(ports_.fs, runs_ == 0);
    ports_.log.info("agent {} leaves after {}", folder_.id(), counted(runs_, "run"));
    return 0;
}

// One that the watcher submitted may have waited until nobody needs it. It has a folder and has beaten by
// now: who drains what is there reaches it.
void Agent::take_place() {
    if (options_.pool == 0) return;
    auto place = PoolPlace::take(ports_.fs, options_.pool, folder_.id());
    if (!place) ports_.log.warn("{}", place.error().text());
    if (place) place_ = std::move(*place);
    if (!place_ && !leaving_) leave_because("nobody waits for it any more");
}

bool Agent::stays_without_work() const {
    return place_ && place_->stays(ports_.fs, options_.pool_least);
}

// Life first: what is taken back must not go on, and what is claimed must be seen to have an owner that
// lives. Then interrupts: they may have reached the jobs, too, and what ended of it must be excused before it
// is forgotten.
void Agent::tick() {
    stay_alive();
    take_interrupts();
    settle_over();
    if (now() - last_folder_ >= options_.poll) read_folder();
    look_at_time();
    if (may_claim()) queue_.look();
}

// The beat is a promise that lasts for the silence. Who cannot renew it ends its jobs while it holds; who
// slept through it may have lost them already. How long the call took is not known to have been life: it
// counts from its beginning.
void Agent::stay_alive() {
    Seconds begin = now();
    if (begin - last_beat_ < options_.beat) return;
    fence(begin - last_beat_);
    auto beat = folder_.beat();
    if (beat)
        last_beat_ = begin;
    else if (beat.error().code == Code::not_found)
        come_back();
}

void Agent::fence(Seconds quiet) {
    for (auto& [ref, job] : jobs_) {
        if (quiet >= job.silence && !job.killed) {
            ports_.log.warn(
                "trial {}: {}: nobody saw this agent for {}; it is ended, for it may run elsewhere",
                ref.trial, ref.key.stage, format_duration(quiet));
            runner_.end(ref, CancelHow::kill);
            job.killed = true;
        } else if (quiet >= job.silence / 2) {
            evict(job);
        }
    }
}

// The watcher took everything back, and removed the folder. A new one has a new name: none of the old claims
// is ours.
void Agent::come_back() {
    for (auto& [ref, job] : jobs_) {
        if (!job.killed) runner_.end(ref, CancelHow::kill);
        job.killed = job.taken_back = true;
    }
    auto folder = make_folder(ports_, options_, runner_);
    if (!folder) return;
    ports_.log.warn("agent {} was taken for dead; goes on as {}", folder_.id(), folder->id());
    ports_.waker.unwatch(layout::agents + "/" + folder_.id());
    folder_ = std::move(*folder);
    ports_.waker.watch(layout::agents + "/" + folder_.id());
    last_beat_ = now();
    take_place();
}

// What lies here and does not run: a rename whose answer was lost. What runs and does not lie here was taken
// back.
void Agent::read_folder() {
    auto contents = folder_.contents();
    if (!contents) return;
    last_folder_ = now();
    std::set<JobRef> here;
    for (auto& job : contents->jobs) {
        here.insert(ref_of(job));
        if (!jobs_.contains(ref_of(job))) start(job);
    }
    for (auto& [ref, job] : jobs_) {
        if (here.contains(ref) || job.taken_back) continue;
        job.taken_back = job.killed = true;
        ports_.log.warn("trial {}: {}: taken back by the watcher; it is ended", ref.trial, ref.key.stage);
        runner_.end(ref, CancelHow::kill);
    }
    for (auto& order : contents->orders) obey(order);
    if (contents->drain && !leaving_) leave_because("drained");
}

void Agent::obey(const AgentNote& order) {
    JobRef ref{order.trial, order.key};
    bool kill = order.kind == AgentNote::Kind::kill;
    if (auto job = jobs_.find(ref); job != jobs_.end()) {
        runner_.end(ref, kill ? CancelHow::kill : CancelHow::terminate);
        job->second.killed = job->second.killed || kill;
    }
    (void)folder_.obeyed(order);
}

// Its file goes last: a job that is in no folder is over, and its end was posted.
void Agent::settle_over() {
    bool killed = std::any_of(jobs_.begin(), jobs_.end(), [](auto& entry) { return entry.second.killed; });
    for (auto& ref : runner_.over(looks_.due(now(), !jobs_.empty(), killed))) {
        auto job = jobs_.find(ref);
        if (job == jobs_.end()) continue;
        if (!job->second.told && !job->second.killed)
            learned_.ran(ref.key.stage, now() - job->second.started);
        if (!job->second.taken_back) (void)folder_.finish(job->second.name);
        jobs_.erase(job);
        last_busy_ = now();
        queue_.look_soon();
    }
}

void Agent::take_interrupts() {
    int asked = ports_.waker.interrupts();
    if (asked == 0) return;
    if (!leaving_) leave_because("told to end");
    end_all(asked > 1);
}

// Each job is told early enough that its grace is over before the allocation is. One that could not be told
// is killed before that: its wrapper must not live to post an end that nobody excuses.
void Agent::look_at_time() {
    bool last_moment = deadline_ && *deadline_ - now() <= options_.slack;
    for (auto& [ref, job] : jobs_) {
        if (deadline_ && *deadline_ - now() <= job.name.grace + options_.slack) evict(job);
        bool over = job.told ? now() - *job.told >= job.name.grace : last_moment;
        if (job.killed || !over) continue;
        runner_.end(ref, CancelHow::kill);
        job.killed = true;
    }
    if (leaving_) return;
    if (deadline_ && *deadline_ - now() <= options_.slack) leave_because("its time is over");
    if (options_.total_runs > 0 && runs_ >= options_.total_runs && jobs_.empty())
        leave_because("it has had its runs");
    if (has_work()) last_busy_ = now();
    if (options_.idle <= Seconds(0) || now() - last_busy_ < options_.idle) return;
    if (stays_without_work())
        last_busy_ = now();  // asked again after as long
    else
        leave_because("nothing is to be done");
}

// What is lost with its host is never over: the watcher takes it back when this agent has fallen silent.
bool Agent::has_work() const {
    return std::any_of(jobs_.begin(), jobs_.end(), [&](auto& job) { return !runner_.lost(job.first); });
}

void Agent::leave_because(const std::string& why) {
    leaving_ = true;
    ports_.log.info("agent {} claims nothing more: {}{}", folder_.id(), why,
                    jobs_.empty() ? "" : "; " + std::to_string(jobs_.size()) + " still run");
}

// The watcher is told before the script is: an exit that comes of it is not charged. Where that fails it is
// tried again with the next tick.
void Agent::evict(Job& job) {
    if (job.told || job.killed) return;
    SpoolEvent event;
    event.kind = SpoolKind::evicted;
    event.trial = job.name.trial;
    event.key = job.name.key;
    event.host = ports_.processes.self().name;
    event.nonce = ports_.processes.random_hex(8);
    if (auto posted = spool_.post(event); !posted)
        return ports_.log.warn("trial {}: {}", job.name.trial, posted.error().text());
    runner_.end(ref_of(job.name), CancelHow::terminate);
    job.told = now();
}

void Agent::end_all(bool at_once) {
    for (auto& [ref, job] : jobs_) {
        evict(job);
        if (!at_once || job.killed) continue;
        runner_.end(ref, CancelHow::kill);
        job.killed = true;
    }
}

// Who does not know that it lives claims nothing.
bool Agent::may_claim() const {
    bool alive = now() - last_beat_ < 2 * options_.beat;
    if (leaving_ || !alive || runner_.fits({}) < 1) return false;
    if (options_.total_runs > 0 && runs_ >= options_.total_runs) return false;
    if (options_.parallel_runs > 0 && static_cast<int>(jobs_.size()) >= options_.parallel_runs) return false;
    return now() - last_start_ >= options_.stagger || last_start_ == Seconds(0);
}

bool Agent::suits(const AgentJobName& job) const {
    return runner_.possible(job.resources) && !jobs_.contains(ref_of(job)) && has_time_for(job);
}

bool Agent::has_room_for(const AgentJobName& job) const {
    return runner_.fits(job.resources) >= 1;
}

// What cannot be finished here is left to somebody with more time.
bool Agent::has_time_for(const AgentJobName& job) const {
    if (!deadline_) return true;
    Seconds needs = job.resources.time ? *job.resources.time : learned_.expected(job.key.stage);
    return *deadline_ - now() > needs + job.grace + options_.slack;
}

bool Agent::claim(const AgentJobName& job) {
    auto taken = folder_.take(job);
    return taken && *taken && start(job);
}

// Its content is read after the claim: before, it may be gone at any moment. One that cannot be read is put
// back to be seen by others; what is no job at all is removed, and given up by the watcher.
bool Agent::start(const AgentJobName& name) {
    if (leaving_ || !has_room_for(name)) return give_up(name, true);
    auto content = folder_.read(name);
    if (!content) {
        ports_.log.warn("{}", content.error().text());
        return give_up(name, may_pass(content.error()));
    }
    content->environment.push_back("TRIALWATCH_AGENT=" + folder_.id());
    Seconds begin = now();
    jobs_[ref_of(name)] = {name, longest_silence(content->silence, options_.beat), begin, {}, false, false};
    runner_.start(name, *content);
    last_start_ = last_busy_ = begin;
    ++runs_;
    return true;
}

bool Agent::give_up(const AgentJobName& name, bool for_others) {
    (void)(for_others ? folder_.hand_back(name) : folder_.finish(name));
    return false;
}

Seconds Agent::pause_length() const {
    Seconds longest = options_.poll;
    if (options_.stagger > Seconds(0)) longest = std::min(longest, options_.stagger);
    if (may_claim()) longest = std::min(longest, std::max(Seconds(0), queue_.next() - now()));
    return std::max(longest, Seconds(0.001));
}

}  // namespace tw
