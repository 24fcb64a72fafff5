// What the parts of the watcher share: the books, the ways out, and what is to be done once the books
// are durable.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/backends.hpp"
#include "app/books.hpp"
#include "app/launcher.hpp"
#include "app/ports.hpp"
#include "lifecycle/search.hpp"
#include "trialdir/spool.hpp"

namespace tw {

struct WatcherOptions {
    Seconds poll{1};
    bool until_done = false;
    bool once = false;      // one tick; for cron
    bool takeover = false;  // from another host, without waiting for its silence
    bool kill_on_exit = false;
    Seconds second_chance{0};          // after an interrupt: how long another one may still end the jobs
    TrialId only;                      // run this trial alone
    int max_queued = 0;                // instead of limits.max_queued; 0: as it says
    std::string trialctl, trialagent;  // absolute paths, for jobs
};

struct PlannedSubmission {
    Scheduler* scheduler = nullptr;
    JobRequest request;
};

struct PlannedCancellation {
    Scheduler* scheduler = nullptr;
    JobRef job;
    CancelHow how = CancelHow::terminate;
    bool queued = false;
    bool last = false;  // nobody waits for its end any more
};

struct PlannedHook {
    std::string command, event, trial, text;
};

// Done only after a successful commit. Each is idempotent: a watcher that was killed owes them again.
struct Acts {
    std::vector<PlannedSubmission> submissions;
    std::vector<PlannedCancellation> cancellations;
    std::set<std::string> spent;  // files whose fact is in the journal now: spool events, requests
    std::set<TrialId> settle;
    std::set<TrialId> claims_left;  // of trials that have ended: to be removed when there is time
    std::set<TrialId> quarantine;
    std::set<TrialId> reopened;  // a retry: the old outcome.json is set aside
    std::vector<PlannedHook> hooks;
};

struct Desk {
    Ports ports;
    WatcherOptions options;
    std::string nonce;  // of this process, for temporary names
    Books books;
    Backends backends;
    Launcher launcher;
    Spool spool;
    FailureStreak streak;
    Breaker breaker;
    Acts acts;
    std::set<TrialId> look;          // a bell rang for them
    bool look_at_requests = true;    // a bell rang for the experiment
    std::vector<TrialId> published;  // outcomes that the next sync makes durable
    bool outputs_promised = false;   // a success was booked: sync everything before the journal
    bool full = false;               // the disk: no new intents

    const Ledger& ledger() const { return books.ledger(); }

    // The trial's stage as declared, or null.
    const Stage* stage_of(const Trial& trial, const std::string& name) const;
    Scheduler* scheduler_of(const Trial& trial, const std::string& stage);
    void pause(const std::string& why, bool by_person);

    // Lets the backends start what was committed before. Called between slow steps too: the machine must
    // not wait for the disk.
    void pump();
};

}  // namespace tw
