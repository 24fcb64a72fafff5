// What the jobs say: spool events and the backend's listings, turned into events for the books.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "app/desk.hpp"

namespace tw {

class Intake {
public:
    explicit Intake(Desk& desk) : desk_(desk) {}

    // Handed over and not ended, as far as the books know.
    struct LiveTask {
        const Trial* trial;
        const StageRun* run;
        JobRef job;
        TaskState state;
    };
    std::vector<LiveTask> live_tasks() const;

    // After a start: tells the backends about every attempt the journal calls live.
    void adopt_all();

    // Asks the backends; must come before read_spool(), so that a job that ended in between is seen to
    // have ended and not to be missing.
    void look_for_jobs();

    // Is told the trials whose jobs ended before that is booked, and gives those whose exits have to wait.
    using BeforeExits = std::function<std::set<TrialId>(const std::set<TrialId>&)>;
    void read_spool(const BeforeExits& before_exits);

    // The spool held something at the last look, or could not be read.
    bool unheard() const { return unheard_; }

    // Gives up what was missing and has not been heard of: VOID if it never started, LOST if it had.
    void conclude_missing();

private:
    void note_started(const LiveTask& task, const std::string& host);
    void conclude(const JobRef& job);
    void give_up(const JobRef& job);
    void judge_end(const Stage* stage, const JobEnd& end, bool guesses, Event& event) const;
    void book_lost(const JobRef& job, Event event);
    JobEnd end_of(const JobRef& job) const;
    Event about(EventKind kind, const JobRef& job) const;
    const Task* current_task(const JobRef& job) const;
    bool still_live(const JobRef& job) const;

    void take(const SpooledEvent& spooled);
    Result<bool> lost_power_since(const JobRef& job, Instant posted);
    void book_exit(const SpooledEvent& spooled, const Trial& trial, const StageRun& run);
    bool gives_up(const SpooledEvent& spooled);
    void forgive_evicted(const JobRef& job, Event& event) const;
    void note_told(const SpoolEvent& event);
    bool may_be_evicted(const JobRef& job, const Trial& trial, const Event& event) const;
    void book_infra(const SpooledEvent& spooled, const Trial& trial);
    void sound_bell(const SpoolEvent& event);

    Desk& desk_;
    std::set<JobRef> missing_;
    std::map<JobRef, JobEnd> ends_;   // of missing ones, as their backends say
    std::set<JobRef> evicted_;        // whose agents told them to end, as the spool says
    std::map<JobRef, Seconds> told_;  // to end, by whomever, where that may be an eviction; when it was seen
    std::set<JobRef> adopted_;        // by their claims
    std::set<std::string> strange_;   // reported once
    bool unheard_ = true;
    bool restarted_ = true;  // what is missing now was left by the watcher before
};

}  // namespace tw
