// From the trials' states to what is to be done: asks the lifecycle what is owed, records the decisions,
// and leaves the acts on the desk. Nothing is done here.
#pragma once

#include <map>
#include <set>

#include "app/desk.hpp"
#include "lifecycle/owed.hpp"

namespace tw {

class Decider {
public:
    explicit Decider(Desk& desk) : desk_(desk) {}

    // After a start: everything is looked at once.
    void begin();

    void decide();

    // A stop is in the journal, and its stages may have ended since.
    void stop_taken(const TrialId& id) { stopping_.insert(id); }

    // When a backoff ends, a time limit or a grace runs out next.
    std::optional<Instant> next_due() const;

    // No proposer is at work any more; with all trials ended, that is the end of the search.
    void search_ended(bool ended) { search_ended_ = ended; }

    // Nothing waits, nothing runs, every outcome is told.
    bool all_ended() const;
    bool waits_for_kills() const { return !unconfirmed_.empty(); }  // and gives them up soon

private:
    void settle_debts(const TrialId& id);
    bool pay(const Trial& trial, const Revision& revision, Owed& owed);
    std::optional<Instant> abandoned_at(const Trial& trial, const Revision& revision,
                                        const TaskName& name) const;
    bool abandon(const Trial& trial, const TaskName& name);
    bool freeze(const Trial& trial, const Revision& revision, const std::string& stage);
    bool freeze_generated(const Trial& trial, const Revision& revision, const Stage& stage, Event event);
    bool finish(const Trial& trial, const Revision& revision);
    bool look_again(const TrialId& id, const Error& why);
    void announce(const Trial& trial, const Experiment& experiment);
    void plan_cancellations(const Trial& trial, const Owed& owed);
    void mark_stop_seen(const Trial& trial);

    void fill();
    bool may_start(const Trial& trial) const;
    bool submit_some(const TrialId& id);
    bool rebind(const Trial& trial);
    bool submit_one(const Trial& trial, const Revision& revision, const TaskName& name);
    bool has_room(Scheduler& scheduler, const Revision& revision, const Resources& resources, bool joins);
    JobRequest* joinable(const Scheduler* scheduler, const Trial& trial, const TaskName& name);
    void break_stage(const Trial& trial, const std::string& stage, const std::string& why);
    void run_once_stages();

    using Order = std::pair<Instant, TrialId>;  // older trials first
    Desk& desk_;
    std::map<TrialId, Order> orders_;
    std::set<Order> runnable_;
    std::map<TrialId, Instant> due_;
    std::set<TrialId> live_;
    std::set<TrialId> stopping_;
    std::set<TrialId> unconfirmed_;  // ended, and they have waited long enough for the backend's word
    std::set<TrialId> unread_;       // what decides about them could not be read
    bool search_ended_ = false;
    std::optional<std::int64_t> live_jobs_;  // counted once per fill(), where a limit asks for it
    std::int64_t live_before_ = 0;           // as they were counted
    std::map<std::pair<JobRef, CancelHow>, Instant> told_;  // cancellations are sent once per watcher
};

}  // namespace tw
