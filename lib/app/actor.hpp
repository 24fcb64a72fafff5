// Does what the decisions ask for, after they are durable. Each act may be repeated: a watcher that is
// killed in the middle is followed by one that owes the same.
#pragma once

#include "app/desk.hpp"

namespace tw {

class Actor {
public:
    explicit Actor(Desk& desk) : desk_(desk) {}

    // Before the commit: makes durable what the coming records promise, and adds the records of what
    // the last round published.
    Status prepare();

    void act();

    // The marker .trialwatch/paused, which tells proposers to wait. After an error it is to be tried again.
    Status show_pause();

    // Starts the commands that people asked for on an event.
    void run_hooks();

private:
    void reopen(const TrialId& id);
    Status set_aside_outcome(const Trial& trial);
    Status prepare_jobs(const JobRequest& request);
    void submit();
    void keep_wanted(JobRequest& request) const;
    bool still_wanted(const JobRef& job) const;
    void answer(Scheduler& scheduler, const JobRequest& request, const Result<std::string>& answer);
    void cancel();
    bool give_up(const JobRef& job, const std::string& why);
    void refuse(Scheduler& scheduler, const JobRequest& request, const Error& error);
    void quarantine(const TrialId& id);
    void settle(const TrialId& id);
    void remove_claims();
    Status publish_outcome(const Trial& trial);
    Result<bool> is_ours(const Trial& trial, std::uint64_t inode);
    Event about(EventKind kind, const JobRef& job) const;

    Desk& desk_;
};

}  // namespace tw
