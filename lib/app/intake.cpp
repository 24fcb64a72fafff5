#include "app/intake.hpp"

#include "lifecycle/step.hpp"
#include "trialdir/claims.hpp"

namespace tw {

namespace {

// By then the kernel has written what was not synced (dirty_expire_centisecs, proc(5): 30 s; commit=5, ext4(5)).
constexpr Seconds written_back{120};

const char* infra_reason(int number) {
    switch (number) {
        case 1: return "the experiment's id could not be read";
        case 2: return "the trial directory could not be entered";
        case 3: return "the claim could not be made";
        case 4: return "the claim did not read back as written";
        case 5: return "the gate was closed";
        case 6: return "the trial had ended";
        default: return "the wrapper could not start the script";
    }
}

std::string over_time(const Stage& stage) {
    return "longer than its time limit of " + format_duration(*stage.resources.time);
}

// An exit after a TERM waits so long for the word of its agent.
constexpr Seconds eviction_time{5};

// Not that it has ended.
bool says_how_it_ends(SpoolKind kind) {
    return kind == SpoolKind::evicted || kind == SpoolKind::timeout;
}

}  // namespace

std::vector<Intake::LiveTask> Intake::live_tasks() const {
    std::vector<LiveTask> live;
    for (auto& [id, trial] : desk_.ledger().trials()) {
        if (is_ended(trial.state)) continue;
        for (auto& run : trial.stages) {
            for (std::size_t i = 0; i < run.tasks.size(); ++i) {
                const Task& task = run.tasks[i];
                if (task.state != TaskState::submitted && task.state != TaskState::running) continue;
                auto number = static_cast<std::int64_t>(run.frozen ? i + 1 : 0);
                live.push_back({&trial, &run, {id, {trial.incarnation, run.name, number, task.attempt}}, task.state});
            }
        }
    }
    return live;
}

void Intake::adopt_all() {
    for (auto& task : live_tasks()) {
        Scheduler* scheduler = desk_.scheduler_of(*task.trial, task.run->name);
        const Stage* stage = desk_.stage_of(*task.trial, task.run->name);
        if (!scheduler || !stage) continue;
        auto claim = read_claim(desk_.ports.fs, task.trial->id, task.job.key);
        if (claim) adopted_.insert(task.job);
        scheduler->adopt(task.job, claim ? std::optional<Claim>(*claim) : std::nullopt, stage->resources);
    }
}

Event Intake::about(EventKind kind, const JobRef& job) const {
    Event event = desk_.books.event(kind, job.trial);
    event.stage = job.key.stage;
    event.task = job.key.task;
    event.attempt = job.key.attempt;
    return event;
}

void Intake::look_for_jobs() {
    std::map<JobRef, JobStatus> listed;
    std::set<const Scheduler*> complete;
    ends_.clear();
    for (auto& [type, scheduler] : desk_.backends.all()) {
        Listing listing = scheduler->list();
        ends_.merge(listing.ends);
        if (listing.complete) complete.insert(scheduler.get());
        for (auto& status : listing.jobs) listed[status.job] = status;
    }
    missing_.clear();
    for (auto& task : live_tasks()) {
        auto found = listed.find(task.job);
        if (found != listed.end()) {
            if (task.state == TaskState::submitted && found->second.state == JobState::running)
                note_started(task, found->second.host);
        } else if (complete.contains(desk_.scheduler_of(*task.trial, task.run->name))) {
            missing_.insert(task.job);
        }
    }
}

// The claim is the start; its time is the server's.
void Intake::note_started(const LiveTask& task, const std::string& host) {
    auto claim = read_claim(desk_.ports.fs, task.trial->id, task.job.key);
    if (claim && claim->voided) return;  // given up before: what runs is its wrapper, which leaves
    auto time = claim_time(desk_.ports.fs, task.trial->id, task.job.key);
    if (!time) return;
    Event event = about(EventKind::started, task.job);
    event.at = *time;
    event.host = host;
    desk_.breaker.started(claim ? claim->host : host);
    desk_.books.record(event);
}

// The task, if the attempt is the one that is open now; null for earlier and ended ones.
const Task* Intake::current_task(const JobRef& job) const {
    const Trial* trial = desk_.ledger().find(job.trial);
    if (!trial || trial->incarnation != job.key.incarnation || is_ended(trial->state)) return nullptr;
    const StageRun* run = trial->find_stage(job.key.stage);
    const Task* task = run ? run->find_task(job.key.task) : nullptr;
    return task && task->attempt == job.key.attempt ? task : nullptr;
}

bool Intake::still_live(const JobRef& job) const {
    const Task* task = current_task(job);
    return task && (task->state == TaskState::submitted || task->state == TaskState::running);
}

void Intake::conclude_missing() {
    for (auto& job : missing_)
        if (still_live(job)) conclude(job);
    missing_.clear();
    restarted_ = false;
}

// Unknown is never gone: an answer that tells nothing leaves the job as it is.
void Intake::conclude(const JobRef& job) {
    auto claim = read_claim(desk_.ports.fs, job.trial, job.key);
    bool nobody = !claim && claim.error().code == Code::not_found;
    if (!claim && !nobody && claim.error().code != Code::not_yet) return;
    if (nobody || (claim && claim->voided)) return give_up(job);
    const Trial* trial = desk_.ledger().find(job.trial);
    Scheduler* scheduler = desk_.scheduler_of(*trial, job.key.stage);
    const Stage* stage = desk_.stage_of(*trial, job.key.stage);
    JobEnd end = end_of(job);
    // The claimant may be a job that another watcher submitted: the next listing tells whether it lives.
    if (end.cause == EndCause::unknown && scheduler && stage && claim && adopted_.insert(job).second)
        return scheduler->adopt(job, *claim, stage->resources);
    adopted_.erase(job);
    Event event = about(EventKind::lost, job);
    if (claim) event.host = claim->host;
    if (auto time = claim_time(desk_.ports.fs, job.trial, job.key)) event.started = *time;
    judge_end(stage, end, scheduler && !scheduler->host().empty(), event);
    forgive_evicted(job, event);
    book_lost(job, event);
}

JobEnd Intake::end_of(const JobRef& job) const {
    auto found = ends_.find(job);
    if (found != ends_.end()) return found->second;
    Scheduler* scheduler = desk_.scheduler_of(*desk_.ledger().find(job.trial), job.key.stage);
    JobEnd end;
    end.confirmed = scheduler && scheduler->confirms_death();
    return end;
}

// It claimed its attempt and no wrapper was left to tell how it ended. What it did itself is charged, what the cluster
// did to it is not. `guesses`: the end was seen at once, so who ran too long was killed for that.
void Intake::judge_end(const Stage* stage, const JobEnd& end, bool guesses, Event& event) const {
    bool limited = stage && stage->resources.time && event.started != Instant{};
    bool over = limited && guesses && event.at - event.started >= *stage->resources.time;
    event.flag = end.confirmed;
    event.text = end.detail.empty() ? "the job vanished while it ran" : end.detail;
    event.rc = end.status;
    if (end.cause == EndCause::memory || end.cause == EndCause::held) event.kind = EventKind::failed;
    if (end.cause == EndCause::time_limit || (end.cause == EndCause::unknown && over)) event.kind = EventKind::timeout;
    if (event.kind == EventKind::failed && event.rc == 0) event.rc = 137;
    if (event.kind == EventKind::timeout && limited) event.text = over_time(*stage);
}

// A claim that was seen and is not there any more went with the power: that attempt ran, and is lost.
void Intake::give_up(const JobRef& job) {
    auto voided = void_attempt(desk_.ports.fs, job.trial, job.key);
    if (!voided || *voided == Voided::taken) return;
    JobEnd end = end_of(job);
    if (current_task(job)->state == TaskState::running) {
        Event lost = about(EventKind::lost, job);
        judge_end(nullptr, end, false, lost);
        return book_lost(job, lost);
    }
    Event event = about(EventKind::voided, job);
    if (!restarted_ || !end.detail.empty()) event.text = "the job vanished before it started";
    if (!end.detail.empty()) event.text = "the job ended before it started: " + end.detail;
    desk_.books.record(event);
    if (Scheduler* scheduler = desk_.scheduler_of(*desk_.ledger().find(job.trial), job.key.stage)) scheduler->ended(job);
    if (end.cause != EndCause::held) return;
    Event broken = desk_.books.event(EventKind::broken, job.trial);  // it would be held each time
    broken.stage = job.key.stage;
    broken.text = end.detail;
    desk_.books.record(broken);
}

void Intake::book_lost(const JobRef& job, Event event) {
    Scheduler* scheduler = desk_.scheduler_of(*desk_.ledger().find(job.trial), job.key.stage);
    if (desk_.books.record(event) && event.kind == EventKind::lost)
        desk_.ports.log.warn("trial {}: {} attempt {} is lost; it is not charged", job.trial, job.key.stage,
                             job.key.attempt);
    if (scheduler) scheduler->ended(job);
}

void Intake::read_spool(const BeforeExits& before_exits) {
    auto contents = desk_.spool.read();
    unheard_ = !contents || !contents->events.empty();
    if (!contents) {
        missing_.clear();  // they may have posted
        desk_.ports.log.warn("{}", contents.error().text());
        return;
    }
    for (auto& path : contents->strange)
        if (strange_.insert(path).second) desk_.ports.log.warn("{}: not an event; left alone", path);
    std::set<TrialId> ending;
    evicted_.clear();
    for (auto& spooled : contents->events) {
        if (spooled.event.kind == SpoolKind::exit) ending.insert(spooled.event.trial);
        if (spooled.event.kind == SpoolKind::evicted) evicted_.insert({spooled.event.trial, spooled.event.key});
        if (spooled.event.kind == SpoolKind::timeout) note_told(spooled.event);
    }
    auto held = before_exits(ending);
    for (auto& spooled : contents->events)
        if (spooled.event.kind != SpoolKind::exit || !held.contains(spooled.event.trial)) take(spooled);
    // Whose end is there and could not be booked is not missing.
    for (auto& spooled : contents->events)
        if (!says_how_it_ends(spooled.event.kind) && !desk_.acts.spent.contains(spooled.path))
            missing_.erase({spooled.event.trial, spooled.event.key});
    std::erase_if(told_, [this](auto& entry) { return !still_live(entry.first); });
}

void Intake::note_told(const SpoolEvent& event) {
    const Trial* trial = desk_.ledger().find(event.trial);
    Scheduler* scheduler = trial ? desk_.scheduler_of(*trial, event.key.stage) : nullptr;
    if (scheduler && scheduler->evicts())
        told_.try_emplace({event.trial, event.key}, desk_.ports.clock.monotonic());
}

void Intake::take(const SpooledEvent& spooled) {
    const SpoolEvent& event = spooled.event;
    // Kept until the end is booked: the next watcher must know it, too.
    JobRef job{event.trial, event.key};
    bool kept = event.kind == SpoolKind::evicted || (event.kind == SpoolKind::timeout && told_.contains(job));
    if (kept && still_live(job)) return;
    desk_.acts.spent.insert(spooled.path);
    if (event.kind == SpoolKind::bell) return sound_bell(event);
    const Trial* trial = desk_.ledger().find(event.trial);
    if (!trial || trial->incarnation != event.key.incarnation) return;
    const StageRun* run = trial->find_stage(event.key.stage);
    if (!run || !run->find_task(event.key.task)) return;
    if (event.kind == SpoolKind::exit) book_exit(spooled, *trial, *run);
    if (event.kind == SpoolKind::infra) book_infra(spooled, *trial);
}

void Intake::sound_bell(const SpoolEvent& event) {
    if (event.trial == "@experiment")
        desk_.look_at_requests = true;
    else
        desk_.look.insert(event.trial);
}

void Intake::book_exit(const SpooledEvent& spooled, const Trial& trial, const StageRun& run) {
    const SpoolEvent& said = spooled.event;
    JobRef job{said.trial, said.key};
    const Stage* stage = desk_.stage_of(trial, run.name);
    Scheduler* scheduler = desk_.scheduler_of(trial, run.name);
    if (!stage || !current_task(job)) {
        if (scheduler) scheduler->ended(job);
        return;
    }
    Event event = about(EventKind::ok, job);
    event.at = desk_.spool.time_of(spooled, event.at);
    auto claimed = claim_time(desk_.ports.fs, said.trial, said.key);
    event.started = claimed ? *claimed : event.at;
    event.kind = judge_exit(*stage, said.rc, said.marker, event.at - event.started);
    event.rc = said.rc;
    event.host = said.host;
    if (event.kind != EventKind::ok)
        event.text = describe_exit(*stage, Launcher::done_path(*stage, run, said.key.task), said.rc, said.marker);
    if (event.kind == EventKind::timeout) event.text = over_time(*stage);
    if (may_be_evicted(job, trial, event)) return (void)desk_.acts.spent.erase(spooled.path);
    forgive_evicted(job, event);
    auto lost = event.kind == EventKind::ok ? lost_power_since(job, event.at) : Result<bool>(false);
    if (!lost) return (void)desk_.acts.spent.erase(spooled.path);  // nobody knows: the event is kept
    if (*lost) {
        event.kind = EventKind::lost;
        event.flag = true;  // nothing outlives a boot
        event.text = "its host lost power before anybody had synced what it wrote";
        desk_.ports.log.warn("trial {}: {} attempt {}: {}; it runs again", job.trial, job.key.stage,
                             job.key.attempt, event.text);
    }
    if (event.kind == EventKind::ok) desk_.outputs_promised = true;
    desk_.breaker.worked(said.host);
    desk_.books.record(event);
    if (scheduler) scheduler->ended(job);
}

// Where a batch system tells all processes of an allocation at once, the script may end before its agent has
// said why. Nobody of us had asked for it.
bool Intake::may_be_evicted(const JobRef& job, const Trial& trial, const Event& event) const {
    auto told = told_.find(job);
    return event.kind == EventKind::failed && trial.state == TrialState::running && told != told_.end() &&
           !evicted_.contains(job) && desk_.ports.clock.monotonic() - told->second < eviction_time;
}

// It was told to end because its agent had no more time: what came of that is not its failure. A success stays
// one; an exit that asks for another attempt gets it either way.
void Intake::forgive_evicted(const JobRef& job, Event& event) const {
    bool ended = event.kind == EventKind::failed || event.kind == EventKind::timeout || event.kind == EventKind::lost;
    if (!ended || !evicted_.contains(job)) return;
    if (event.kind != EventKind::lost) event.flag = true;  // its wrapper saw the script's end
    event.kind = EventKind::lost;
    event.number = 1;
    event.text = "the time of its agent was over";
}

// The event's name outlived the power loss, the script's bytes need not have. Its wrapper had read a whole claim
// back: one that is torn or gone now went with the power. One of this host's earlier boot tells it too, unless the
// kernel had the time to write everything. After an orderly reboot it cannot be told, and is taken for the same.
Result<bool> Intake::lost_power_since(const JobRef& job, Instant posted) {
    auto claim = read_claim(desk_.ports.fs, job.trial, job.key);
    if (!claim && may_pass(claim.error())) return fail(claim.error());
    if (!claim && claim.error().code == Code::not_found) {
        auto voided = void_attempt(desk_.ports.fs, job.trial, job.key);  // else it could start once more
        if (!voided) return fail(voided.error());
    }
    if (!claim || claim->voided) return true;
    HostIdentity self = desk_.ports.processes.self();
    bool before = claim->host == self.name && claim->boot_id != self.boot_id;
    return before && posted + written_back >= desk_.ports.clock.booted();
}

// Reasons 1 to 3 leave the attempt unclaimed: a second start of it (a requeue) must find it taken.
// false: that one was faster and runs; or nobody knows, and then the event is kept.
bool Intake::gives_up(const SpooledEvent& spooled) {
    const SpoolEvent& said = spooled.event;
    if (said.rc > 3) return true;
    auto voided = void_attempt(desk_.ports.fs, said.trial, said.key);
    if (!voided) desk_.acts.spent.erase(spooled.path);
    return voided && *voided == Voided::done;
}

void Intake::book_infra(const SpooledEvent& spooled, const Trial& trial) {
    const SpoolEvent& said = spooled.event;
    JobRef job{said.trial, said.key};
    if (current_task(job)) {
        if (!gives_up(spooled)) return;
        Event event = about(EventKind::infra, job);
        event.rc = said.rc;
        event.host = said.host;
        event.text = std::string(infra_reason(said.rc)) + " on " + said.host;
        desk_.breaker.failed(said.host, event.at);
        if (desk_.books.record(event)) desk_.ports.log.warn("trial {}: {}: {}", trial.id, job.key.stage, event.text);
        if (auto why = desk_.breaker.tripped()) desk_.pause(*why, false);
    }
    if (Scheduler* scheduler = desk_.scheduler_of(trial, job.key.stage)) scheduler->ended(job);
}

}  // namespace tw
