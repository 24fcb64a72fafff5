#include "app/actor.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "trialdir/claims.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/quarantine.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

constexpr std::int64_t claims_at_once = 64;

}  // namespace

// One sync for everything of this round: outputs of stages that succeeded come before the record that
// says so, outcomes before the record that they are told.
Status Actor::prepare() {
    if (!desk_.outputs_promised && desk_.published.empty()) return {};
    if (auto synced = desk_.ports.fs.sync_all(); !synced) return synced;
    desk_.outputs_promised = false;
    for (auto& id : desk_.published)
        if (is_ended(desk_.ledger().find(id)->state))  // else tried again meanwhile
            desk_.books.record(desk_.books.event(EventKind::settled, id));
    desk_.published.clear();
    return {};
}

// Outcomes before claims go, files whose facts are in the journal last: what is killed in between is
// found again by the next watcher.
void Actor::act() {
    for (auto& id : std::exchange(desk_.acts.reopened, {})) reopen(id);
    submit();
    cancel();
    for (auto& id : std::exchange(desk_.acts.quarantine, {})) quarantine(id);
    for (auto& id : std::exchange(desk_.acts.settle, {})) {
        settle(id);
        desk_.pump();
    }
    for (auto& path : std::exchange(desk_.acts.spent, {})) {
        (void)remove_if_there(desk_.ports.fs, path);
        desk_.pump();
    }
    remove_claims();
    run_hooks();
}

Event Actor::about(EventKind kind, const JobRef& job) const {
    Event event = desk_.books.event(kind, job.trial);
    event.stage = job.key.stage;
    event.task = job.key.task;
    event.attempt = job.key.attempt;
    return event;
}

// Kept until it is done: nothing starts where an outcome.json stands.
void Actor::reopen(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    if (!trial || is_ended(trial->state)) return;
    auto aside = set_aside_outcome(*trial);
    if (aside) return;
    desk_.ports.log.warn("trial {}: {}; tried again", id, aside.error().text());
    desk_.acts.reopened.insert(id);
}

// The number in the name is the ending's place: no two endings of a trial share it. One that this journal
// does not know was told by the next owner of the experiment: then we are the one before, and too late.
Status Actor::set_aside_outcome(const Trial& trial) {
    std::string path = layout::outcome(trial.id);
    auto there = listed(desk_.ports.fs, path);  // not by name: a network client would remember its absence
    if (!there) return fail(there.error());
    if (!*there) return {};
    auto text = read_document(desk_.ports.fs, path, outcome_limit);
    if (!text && text.error().code != Code::invalid) return fail(text.error());
    auto outcome = text ? read_outcome(*text, path) : Result<Outcome>(fail(text.error()));
    if (outcome && outcome->seq >= desk_.ledger().next_seq())
        return fail(Code::busy, "another watcher ended this trial", path);
    // A wrapper of before always finds the one or the other: an outcome, or the gate of a later incarnation.
    if (auto opened = open_gate(desk_.ports.fs, trial.id, trial.incarnation); !opened) return opened;
    std::string seq = outcome ? std::to_string(outcome->seq) : "unreadable";
    auto renamed = desk_.ports.fs.rename(path, layout::trial(trial.id) + "/outcome." + seq + ".json");
    return renamed || is_listed(desk_.ports.fs, path) ? renamed : Status{};
}

// An outcome.json of before would keep the wrapper from starting anything.
Status Actor::prepare_jobs(const JobRequest& request) {
    const Trial& trial = *desk_.ledger().find(request.trial);
    bool once = trial.id.starts_with('@');
    if (auto aside = once ? Status{} : set_aside_outcome(trial); !aside) return aside;
    return desk_.launcher.prepare(trial, *desk_.ledger().revision_of(trial), request.tasks);
}

void Actor::submit() {
    std::map<Scheduler*, std::vector<JobRequest>> groups;
    for (auto& planned : std::exchange(desk_.acts.submissions, {})) {
        keep_wanted(planned.request);
        if (planned.request.tasks.empty()) continue;
        auto prepared = prepare_jobs(planned.request);
        if (prepared)
            groups[planned.scheduler].push_back(std::move(planned.request));
        else
            answer(*planned.scheduler, planned.request, fail(prepared.error()));
    }
    for (auto& [scheduler, requests] : groups) {
        auto answers = scheduler->submit(requests);
        for (std::size_t i = 0; i < requests.size(); ++i) answer(*scheduler, requests[i], answers[i]);
    }
}

// Acts that waited for a commit may be about what was given up meanwhile.
void Actor::keep_wanted(JobRequest& request) const {
    std::erase_if(request.tasks, [&](auto& task) { return !still_wanted({request.trial, task.key}); });
}

bool Actor::still_wanted(const JobRef& job) const {
    const Trial* trial = desk_.ledger().find(job.trial);
    const StageRun* run = trial ? trial->find_stage(job.key.stage) : nullptr;
    const Task* task = run ? run->find_task(job.key.task) : nullptr;
    return task && trial->incarnation == job.key.incarnation && task->attempt == job.key.attempt &&
           task->state == TaskState::submitted;
}

void Actor::answer(Scheduler& scheduler, const JobRequest& request, const Result<std::string>& answer) {
    if (!answer && answer.error().code == Code::not_yet)
        return desk_.acts.submissions.push_back({&scheduler, request});
    if (!answer) return refuse(scheduler, request, answer.error());
    for (auto& task : request.tasks) {
        Event event = about(EventKind::accepted, {request.trial, task.key});
        event.text = *answer;
        desk_.books.record(event);
    }
}

// A refusal does not prove that nothing was queued: each attempt is given up by its claim, and what may be
// queued in vain is taken out. Where the backend takes nothing for a while, waiting is its own: no attempt is
// excused for it, for those are numbered, and an outage may last.
void Actor::refuse(Scheduler& scheduler, const JobRequest& request, const Error& error) {
    bool waits = scheduler.room(request.resources) == 0;
    desk_.ports.log.warn("trial {}: {} could not be submitted: {}", request.trial,
                         request.tasks.front().key.stage, error.text());
    std::vector<JobRef> given_up;
    for (auto& task : request.tasks)
        if (JobRef job{request.trial, task.key}; give_up(job, waits ? "" : error.text()))
            given_up.push_back(job);
    if (may_pass(error) && error.code != Code::busy && !given_up.empty())
        scheduler.cancel(given_up, CancelHow::kill);
    for (auto& job : given_up) scheduler.ended(job);
    if (error.code != Code::invalid) return;
    Event broken = desk_.books.event(EventKind::broken, request.trial);  // it would be refused each time
    broken.stage = request.tasks.front().key.stage;
    broken.text = error.text();
    desk_.books.record(broken);
}

void Actor::cancel() {
    std::map<std::pair<Scheduler*, CancelHow>, std::vector<JobRef>> groups;
    auto cancellations = std::exchange(desk_.acts.cancellations, {});
    for (auto& planned : cancellations) groups[{planned.scheduler, planned.how}].push_back(planned.job);
    for (auto& [to, jobs] : groups) to.first->cancel(jobs, to.second);
    for (auto& planned : cancellations)
        if (planned.last || (planned.queued && give_up(planned.job, "")))
            planned.scheduler->ended(planned.job);
}

// Between the backend's queue and the claim nobody knows where a job is: the claim decides. false: it is
// taken, and the job runs; or nobody knows, and the next look tells.
bool Actor::give_up(const JobRef& job, const std::string& why) {
    auto voided = void_attempt(desk_.ports.fs, job.trial, job.key);
    if (!voided || *voided == Voided::taken) return false;
    Event event = about(EventKind::voided, job);
    event.text = why;
    desk_.books.record(event);
    return true;
}

void Actor::quarantine(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    auto inode = set_aside(desk_.ports.fs, *trial);
    if (!inode) {
        desk_.ports.log.warn("trial {}: {}; tried again", id, inode.error().text());
        desk_.acts.quarantine.insert(id);
        return;
    }
    Event event = desk_.books.event(EventKind::moved, id);
    event.number = static_cast<std::int64_t>(*inode);
    desk_.books.record(event);
}

void Actor::settle(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    if (!trial || !is_ended(trial->state) || trial->settled) return;
    Status status = publish_outcome(*trial);
    if (status) status = close_claims(desk_.ports.fs, id, trial->incarnation, claims_at_once);
    if (!status && status.error().code == Code::not_yet) {
        desk_.acts.claims_left.insert(id);
    } else if (!status) {
        desk_.ports.log.warn("trial {}: {}; tried again", id, status.error().text());
        desk_.acts.settle.insert(id);
        return;
    }
    // Best effort, for a batch system may still hold a log open; what stays goes when a watcher starts or
    // leaves.
    for (std::int64_t n = 1; n <= trial->incarnation; ++n)
        (void)remove_tree(desk_.ports.fs, layout::jobs_of(id, n));
    for (auto* request : {"stop", "kill"})
        (void)remove_if_there(desk_.ports.fs, layout::trial(id) + "/" + request);
    remove_abandoned(desk_.ports.fs, layout::trial(id), desk_.ports.processes);
    desk_.published.push_back(id);
}

// Of large arrays some per round: removing a file takes a server's time, and jobs wait to be started. What is
// left when a watcher dies the next one removes.
void Actor::remove_claims() {
    if (desk_.acts.claims_left.empty()) return;
    TrialId id = *desk_.acts.claims_left.begin();
    const Trial* trial = desk_.ledger().find(id);
    bool ended = trial && is_ended(trial->state);
    Status status = ended ? close_claims(desk_.ports.fs, id, trial->incarnation, claims_at_once) : Status{};
    if (status || status.error().code != Code::not_yet) desk_.acts.claims_left.erase(id);
}

// Neither removed nor made anew: has this inode. Listing it first makes a network client ask the server
// again.
Result<bool> Actor::is_ours(const Trial& trial, std::uint64_t inode) {
    FileSystem& fs = desk_.ports.fs;
    auto entries = fs.list(layout::trial(trial.id));
    if (!entries && is_surely_gone(fs, layout::trial(trial.id))) return false;
    if (!entries) return fail(entries.error());
    auto directory = fs.stat(layout::trial(trial.id));
    if (!directory) return fail(directory.error());
    return inode == 0 || directory->inode == inode;
}

// The journal has the values already. A file that says something else was torn by a power loss, is of the
// incarnation before, or of the next owner, who knows more than we do.
Status Actor::publish_outcome(const Trial& trial) {
    // What was on its way aside when the trial ended comes to its end first: else there is no directory to
    // tell in.
    bool moving = is_being_set_aside(desk_.ports.fs, trial);
    auto inode = moving ? set_aside(desk_.ports.fs, trial) : Result<std::uint64_t>(trial.inode);
    if (!inode) return fail(inode.error());
    auto ours = is_ours(trial, *inode);
    if (!ours) return fail(ours.error());
    if (!*ours) return {};  // nobody is there to be told
    std::string path = layout::outcome(trial.id);
    std::string text = write_outcome(*trial.outcome);
    auto made = publish_unsynced(desk_.ports.fs, path, text, desk_.nonce);
    if (made || made.error().code != Code::exists) return made;
    auto there = read_document(desk_.ports.fs, path, outcome_limit);
    if (there && *there == text) return {};
    if (!there && may_pass(there.error())) return fail(there.error());
    auto other = there ? read_outcome(*there, path) : Result<Outcome>(fail(there.error()));
    if (other && other->seq >= trial.outcome->seq) return {};
    if (auto removed = remove_if_there(desk_.ports.fs, path); !removed) return removed;
    return publish_unsynced(desk_.ports.fs, path, text, desk_.nonce);
}

Status Actor::show_pause() {
    auto& pause = desk_.ledger().pause();
    if (!pause) return remove_if_there(desk_.ports.fs, layout::paused);
    if (is_listed(desk_.ports.fs, layout::paused)) return {};
    return publish_unsynced(desk_.ports.fs, layout::paused, write_request({"", pause->reason}), desk_.nonce);
}

// Hooks are courtesy: told once, not waited for, not repeated after a crash.
void Actor::run_hooks() {
    for (auto& hook : std::exchange(desk_.acts.hooks, {})) {
        Spawn spawn;
        spawn.argv = {"/bin/sh", "-c", hook.command};
        spawn.environment = desk_.ports.processes.environment();
        for (auto& [name, value] :
             {std::pair{"TRIALWATCH_EVENT", hook.event}, std::pair{"TRIAL_ID", hook.trial},
              std::pair{"TRIALWATCH_TEXT", hook.text}, std::pair{"TRIAL_EXPERIMENT", desk_.ports.fs.root()}})
            spawn.environment.push_back(std::string(name) + "=" + value);
        spawn.directory = desk_.ports.fs.root();
        spawn.output = spawn.error = desk_.ports.fs.root() + "/" + layout::private_directory + "/hooks.log";
        if (auto started = desk_.ports.processes.spawn(spawn); !started)
            desk_.ports.log.warn("hook '{}': {}", hook.event, started.error().text());
    }
}

}  // namespace tw
