// What a batch system must do for the watcher. One conformance suite holds for every implementation.
//
// Called by one thread. Nothing here decides: a job that is missing from a listing is reported missing,
// and the watcher concludes (VOID or LOST) by the rules of protocol/06-claims-spool-attempts.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "batch/submit_description.hpp"
#include "records/event_name.hpp"
#include "records/experiment.hpp"

namespace tw {

// One start of a script, wrapper included.
struct TaskLaunch {
    AttemptKey key;
    std::vector<std::string> argv;         // the wrapper and its arguments
    std::vector<std::string> environment;  // "K=V", added to what the backend gives every job
    std::string output, error;             // absolute; may be equal
    std::vector<int> cpus{};               // that it is pinned to, where not the backend chooses them
};

// One or more tasks of one stage of one trial that are handed over together: of one attempt number, ascending, and
// within one block().
struct JobRequest {
    std::string token;      // make_token of the first task's key
    TrialId trial;
    std::string directory;  // absolute; where the job starts
    Resources resources;
    std::vector<TaskLaunch> tasks;
    Seconds grace{30};      // between TERM and KILL
    std::vector<std::string> avoid;  // hosts where jobs could not start lately; not for a backend of one host
    std::string generated;  // the job-written submit file, where read_generated() wants it as it stands
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

// Why a job ended, as its batch system says. What the cluster did to it is not charged.
enum class EndCause {
    unknown,     // it is not there any more
    exited,      // by itself, whatever the status
    time_limit,  // charged
    memory,      // charged
    held,        // held for a reason that does not pass by itself; charged
    node,        // its machine failed
    preempted,
    cancelled,   // by somebody else
};

struct JobEnd {
    EndCause cause = EndCause::unknown;
    int status = 0;
    bool confirmed = false;  // nothing of it can still write
    std::string detail;      // in words, for the reason
};

// `complete`: every job of this experiment that may be there is in `jobs`, so one that is not listed is not there:
// where what the system says can be late or wrong, it has said so often enough. An error or a partial answer is
// never complete. `ends`: what is known of jobs that are not listed.
struct Listing {
    bool complete = false;
    std::vector<JobStatus> jobs;
    std::map<JobRef, JobEnd> ends;
};

enum class CancelHow { terminate, kill };

// A submit file that a job wrote for its stage's array.
struct GeneratedFile {
    TrialId trial;
    std::string path;  // relative to the experiment, for messages
    std::string text;
};

struct Generated {
    std::vector<SubmitItem> items;  // one for each task
    bool as_it_stands = false;      // the file itself is wanted with the request
};

class Scheduler {
public:
    virtual ~Scheduler() = default;

    // Why such a task can never run here (asks for more than there is); ok if it can.
    virtual Status possible(const Resources& resources) const = 0;

    // How many more tasks of this size it takes now, waiting ones included. 0: ask again later.
    virtual int room(const Resources& resources) const = 0;

    // How many more calls of submit() with one request each it takes now: others use it too.
    virtual int requests() const { return 1000000; }

    // One answer per request: the backend's job id, or why it was refused; Code::invalid where trying again
    // is useless, Code::not_yet where it was not tried and shall be handed over again. A refusal does not prove that nothing was queued.
    virtual std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) = 0;

    // Looks for jobs that an earlier watcher submitted. `claim` is what the claim file said, if it
    // could be read. A job that is found is in later listings.
    virtual void adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) = 0;

    virtual Listing list() = 0;

    // Something looks gone, and only time can tell whether it is: to be listed again within about two minutes.
    virtual bool undecided() const { return false; }

    // The spool told that this job ended; its place may be given to the next. Unknown jobs are ignored.
    virtual void ended(const JobRef& job) = 0;

    // terminate lets the script end by itself (TERM); kill does not. A job that has not started is
    // taken out of the queue by both. Unknown jobs are ignored.
    virtual void cancel(const std::vector<JobRef>& jobs, CancelHow how) = 0;

    // How many tasks of an array may be handed over together: task n with those of the same (n - 1) / block().
    virtual std::int64_t block() const { return 1; }

    // The tasks that a job-written submit file asks for. Code::invalid: a mistake in it.
    virtual Result<Generated> read_generated(FileSystem& fs, const GeneratedFile& file);

    // Cheap housekeeping once per tick: starts what waits and fits, collects what ended.
    virtual void pump() = 0;

    // A death seen by list() is certain (nothing of the job can still be writing).
    virtual bool confirms_death() const = 0;

    // Its jobs may be ended for want of an allocation's time. An event of its own says so, maybe a moment after
    // theirs.
    virtual bool evicts() const { return false; }

    // The one host it starts jobs on; "" when it chooses among many.
    virtual std::string host() const { return ""; }

    // The search has ended: whoever waits for more may go.
    virtual void dismiss() {}

    // Slots for deciding how many trials to keep in flight.
    virtual int slots() const = 0;
};

}  // namespace tw
