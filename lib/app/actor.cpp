#include "app/actor.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "trialdir/claims.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/quarantine.hpp"

namespace tw {

// One sync for everything of this round: outputs of stages that succeeded come before the record that
// says so, outcomes before the record that they are told.
Status Actor::prepare() {
    if (!desk_.outputs_promised && desk_.published.empty()) return {};
    if (auto synced = desk_.ports.fs.sync_all(); !synced) return synced;
    desk_.outputs_promised = false;
    for (auto& id : desk_.published) desk_.books.record(desk_.books.event(EventKind::settled, id));
    desk_.published.clear();
    return {};
}

// Outcomes before claims go, files whose facts are in the journal last: what is killed in between is
// found again by the next watcher.
void Actor::act() {
    for (auto& id : std::exchange(desk_.acts.reopened, {})) set_aside_outcome(id);
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
    run_hooks();
}

Event Actor::about(EventKind kind, const JobRef& job) const {
    Event event = desk_.books.event(kind, job.trial);
    event.stage = job.key.stage;
    event.task = job.key.task;
    event.attempt = job.key.attempt;
    return event;
}

// The number in the name is the ending's place: no two endings of a trial share it.
void Actor::set_aside_outcome(const TrialId& id) {
    std::string path = layout::outcome(id);
    auto text = read_document(desk_.ports.fs, path, outcome_limit);
    if (!text) return;
    auto outcome = read_outcome(*text, path);
    std::string seq = outcome ? std::to_string(outcome->seq) : "unreadable";
    (void)desk_.ports.fs.rename(path, layout::trial(id) + "/outcome." + seq + ".json");
}

void Actor::submit() {
    std::map<Scheduler*, std::vector<JobRequest>> groups;
    for (auto& planned : std::exchange(desk_.acts.submissions, {})) {
        const Trial* trial = desk_.ledger().find(planned.request.trial);
        const Revision* revision = desk_.ledger().revision_of(*trial);
        auto prepared = desk_.launcher.prepare(*trial, *revision, planned.request.tasks.front().key);
        if (prepared)
            groups[planned.scheduler].push_back(std::move(planned.request));
        else
            answer(planned.request, fail(prepared.error()));
    }
    for (auto& [scheduler, requests] : groups) {
        auto answers = scheduler->submit(requests);
        for (std::size_t i = 0; i < requests.size(); ++i) answer(requests[i], answers[i]);
    }
}

// A refusal does not prove that nothing was queued: the attempt is given up by its claim.
void Actor::answer(const JobRequest& request, const Result<std::string>& answer) {
    for (auto& task : request.tasks) {
        JobRef job{request.trial, task.key};
        Event event = about(answer ? EventKind::accepted : EventKind::voided, job);
        event.text = answer ? *answer : answer.error().text();
        if (!answer) {
            desk_.ports.log.warn("trial {}: {} could not be submitted: {}", job.trial, job.key.stage, event.text);
            auto voided = void_attempt(desk_.ports.fs, job.trial, job.key);
            if (!voided || *voided == Voided::taken) continue;  // it runs after all, or the next look tells
        }
        desk_.books.record(event);
    }
}

void Actor::cancel() {
    for (auto& planned : std::exchange(desk_.acts.cancellations, {})) {
        planned.scheduler->cancel({planned.job}, planned.how);
        if (planned.queued) give_up(planned.job);
    }
}

// Between the backend's queue and the claim nobody knows where a job is; the claim decides.
void Actor::give_up(const JobRef& job) {
    auto voided = void_attempt(desk_.ports.fs, job.trial, job.key);
    if (voided && *voided == Voided::done) desk_.books.record(about(EventKind::voided, job));
}

void Actor::quarantine(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    auto inode = set_aside(desk_.ports.fs, *trial);
    if (!inode) {
        desk_.ports.log.warn("{}", inode.error().text());
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
    if (status) status = close_claims(desk_.ports.fs, id);
    if (!status) {
        desk_.ports.log.warn("trial {}: {}; tried again", id, status.error().text());
        desk_.acts.settle.insert(id);
        return;
    }
    for (auto* request : {"stop", "kill"}) (void)remove_if_there(desk_.ports.fs, layout::trial(id) + "/" + request);
    desk_.published.push_back(id);
}

// The journal has the values already. A file that says something else was torn by a power loss.
Status Actor::publish_outcome(const Trial& trial) {
    auto directory = desk_.ports.fs.stat(layout::trial(trial.id));
    bool ours = directory && (trial.inode == 0 || directory->inode == trial.inode);
    if (!ours) return {};  // removed, or made anew: nobody is there to be told
    std::string path = layout::outcome(trial.id);
    std::string text = write_outcome(*trial.outcome);
    auto made = publish_unsynced(desk_.ports.fs, path, text, desk_.nonce);
    if (made || made.error().code != Code::exists) return made;
    auto there = read_document(desk_.ports.fs, path, outcome_limit);
    if (there && *there == text) return {};
    if (auto removed = remove_if_there(desk_.ports.fs, path); !removed) return removed;
    return publish_unsynced(desk_.ports.fs, path, text, desk_.nonce);
}

void Actor::show_pause() {
    auto& pause = desk_.ledger().pause();
    if (!pause)
        (void)remove_if_there(desk_.ports.fs, layout::paused);
    else if (!is_listed(desk_.ports.fs, layout::paused))
        (void)publish_unsynced(desk_.ports.fs, layout::paused, write_request({"", pause->reason}), desk_.nonce);
}

// Hooks are courtesy: told once, not waited for, not repeated after a crash.
void Actor::run_hooks() {
    for (auto& hook : std::exchange(desk_.acts.hooks, {})) {
        Spawn spawn;
        spawn.argv = {"/bin/sh", "-c", hook.command};
        spawn.environment = desk_.ports.processes.environment();
        for (auto& [name, value] : {std::pair{"TRIALWATCH_EVENT", hook.event}, std::pair{"TRIAL_ID", hook.trial},
                                    std::pair{"TRIALWATCH_TEXT", hook.text},
                                    std::pair{"TRIAL_EXPERIMENT", desk_.ports.fs.root()}})
            spawn.environment.push_back(std::string(name) + "=" + value);
        spawn.directory = desk_.ports.fs.root();
        spawn.output = spawn.error = desk_.ports.fs.root() + "/" + layout::private_directory + "/hooks.log";
        if (auto started = desk_.ports.processes.spawn(spawn); !started)
            desk_.ports.log.warn("hook '{}': {}", hook.event, started.error().text());
    }
}

}  // namespace tw
