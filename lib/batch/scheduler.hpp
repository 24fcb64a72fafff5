// What a batch system must do for the watcher. One conformance suite holds for every implementation.
//
// Called by one thread. Nothing here decides: a job that is missing from a listing is reported missing,
// and the watcher concludes (VOID or LOST) by the rules of protocol/06-claims-spool-attempts.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "records/event_name.hpp"
#include "records/experiment.hpp"

namespace tw {

// One start of a script, wrapper included.
struct TaskLaunch {
    AttemptKey key;
    std::vector<std::string> argv;         // the wrapper and its arguments
    std::vector<std::string> environment;  // "K=V", added to what the backend gives every job
    std::string output, error;             // absolute; may be equal
};

// One or more tasks of one stage of one trial that are handed over together.
struct JobRequest {
    std::string token;      // make_token of the first task's key
    TrialId trial;
    std::string directory;  // absolute; where the job starts
    Resources resources;
    std::vector<TaskLaunch> tasks;
};

// Names one task of one request: unique within the experiment.
struct JobRef {
    TrialId trial;
    AttemptKey key;
    auto operator<=>(const JobRef&) const = default;
};

enum class JobState { queued, running, held };

struct JobStatus {
    JobRef job;
    JobState state = JobState::queued;
    std::string host;
    std::string detail;  // hold reason and the like
};

// `complete`: every job of this experiment that the backend knows is in `jobs`, so one that is not
// listed is not there. An error or a partial answer is never complete.
struct Listing {
    bool complete = false;
    std::vector<JobStatus> jobs;
};

enum class CancelHow { terminate, kill };

class Scheduler {
public:
    virtual ~Scheduler() = default;

    // Why such a task can never run here (asks for more than there is); ok if it can.
    virtual Status possible(const Resources& resources) const = 0;

    // How many more tasks of this size it takes now, waiting ones included. 0: ask again later.
    virtual int room(const Resources& resources) const = 0;

    // One answer per request: the backend's job id, or why it was refused. A refusal does not prove
    // that nothing was queued.
    virtual std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) = 0;

    // Looks for jobs that an earlier watcher submitted. `claim` is what the claim file said, if it
    // could be read. A job that is found is in later listings.
    virtual void adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) = 0;

    virtual Listing list() = 0;

    // The spool told that this job ended; its place may be given to the next. Unknown jobs are ignored.
    virtual void ended(const JobRef& job) = 0;

    // terminate lets the script end by itself (TERM); kill does not. A job that has not started is
    // taken out of the queue by both. Unknown jobs are ignored.
    virtual void cancel(const std::vector<JobRef>& jobs, CancelHow how) = 0;

    // Cheap housekeeping once per tick: starts what waits and fits, collects what ended.
    virtual void pump() = 0;

    // A death seen by list() is certain (nothing of the job can still be writing).
    virtual bool confirms_death() const = 0;

    // The one host it starts jobs on; "" when it chooses among many.
    virtual std::string host() const { return ""; }

    // Slots for deciding how many trials to keep in flight.
    virtual int slots() const = 0;
};

}  // namespace tw
