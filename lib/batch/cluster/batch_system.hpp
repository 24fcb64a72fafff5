// What differs from one batch system to the next: how to say submit, look and cancel. Everything else, who is known
// and since when one is missing, how often may be asked, is ClusterScheduler's.
//
// Implementations run commands and read what they print; they decide nothing. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "batch/scheduler.hpp"

namespace tw {

// How a batch system knows one task. Derived from the attempt alone (make_tag), so nothing has to be remembered to
// find a job again. Ids are not to be trusted: a controller that lost its memory gives them a second time.
struct JobTag {
    std::string token;       // job name; at most 15 of [a-z0-9], a letter first
    std::int64_t index = 0;  // element of the array, from 1; 0: a job that is no array
    auto operator<=>(const JobTag&) const = default;
};

// `block`: how many tasks one array may have; task n is element (n - 1) % block + 1 of its array.
JobTag make_tag(const std::string& experiment_id, const JobRef& job, std::int64_t block);

// What is handed over by one call.
struct JobGroup {
    std::string token;
    std::vector<std::int64_t> indexes;  // ascending, distinct; {0}: one job that is no array
    std::string directory;              // absolute; the trial's
    // A shell script: `/bin/sh LAUNCH INDEX` becomes the wrapper of that element, its output redirected. It holds
    // every text that comes from users, quoted; the other fields are safe but for blanks in paths.
    std::string launch;
    std::string log;       // absolute; for what the batch system itself has to say, appended to
    Resources resources;
    Seconds grace{30};     // between TERM and KILL
    std::string generated; // the job-written submit file to hand over as it stands; "": none
    std::vector<std::string> avoid;  // hosts that broke jobs lately
};

// A job as ClusterScheduler remembers it.
struct KnownJob {
    JobTag tag;
    std::string id;  // what submit() or look() said last; "" if nothing yet
    JobState state = JobState::queued;
};

struct JobReport {
    JobTag tag;
    std::string id;                 // of this element: "12_3", "12.2"
    std::optional<JobState> state;  // unset: it has ended, as `end` says
    std::string host;
    std::string detail;  // hold or pending reason
    JobEnd end{};
};

class BatchSystem {
public:
    virtual ~BatchSystem() = default;

    // Why such a task can never run here, by its numbers alone; no command is run.
    virtual Status possible(const Resources& resources) const = 0;

    // The most elements that one array may have; 1: it has no arrays.
    virtual std::int64_t largest_array() const = 0;

    // One call. The job id, or: Code::invalid where trying again is useless (no such partition), Code::busy where
    // there are too many jobs, anything else where the system did not answer as it should. Whatever it
    // says, something may have been queued.
    virtual Result<std::string> submit(const JobGroup& group) = 0;

    // Every job of ours that is there, in as few calls as it takes whatever their number (one), other people's and
    // unknown ones left out by the tag. Jobs that have just ended may be in it. An error where the answer is not
    // surely whole.
    virtual Result<std::vector<JobReport>> look(const std::vector<KnownJob>& known) = 0;

    // What became of jobs that were not in the last look; those of which nothing is known are left out.
    virtual Result<std::vector<JobReport>> recall(const std::vector<KnownJob>& jobs) = 0;

    // terminate: TERM to the wrapper of a running job (its children get it from there), a queued one is removed. kill:
    // removed at once. Unknown jobs are no error. As few calls as it takes.
    virtual Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) = 0;

    // Whether nothing of a job that is not in two looks any more can still write.
    virtual bool confirms_death() const { return false; }

    // The least time between two looks; 0: they cost nothing (a log is read).
    virtual Seconds look_interval() const = 0;

    virtual int slots() const { return 100; }  // for deciding how many trials to keep in flight

    // As Scheduler::read_generated.
    virtual std::optional<Result<Generated>> read_generated(const GeneratedFile&) { return {}; }
};

}  // namespace tw
