// Runs jobs as processes of this machine, packed on its CPUs, memory and GPUs.
//
// Every wrapper leads a session of its own. A process is only signalled when its start time shows that
// it is the one that was started, or adopted by what its claim says. Not thread safe.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "batch/local_slots.hpp"
#include "batch/scheduler.hpp"
#include "ports/process.hpp"

namespace tw {

// After this many later jobs have passed it, a large one is waited for.
constexpr int overtaking_limit = 64;

struct LocalOptions {
    int cpus = 0;                                  // 0: all that this process may use
    std::int64_t memory = 0;                       // bytes; 0: all
    std::optional<std::vector<std::string>> gpus;  // ids; unset: all that are found
    bool pin = false;     // each job to CPUs of its own, where there are as many as slots
    int queue_depth = 0;  // jobs taken beyond those that run; 0: four times the CPUs, at least 8
};

// "cpus", "memory", "gpus" ("0,1", or "none") and "queue_depth" of a BackendSpec. An error's pointer is the
// option's in it.
Result<LocalOptions> read_local_options(const std::map<std::string, std::string>& options);

class LocalScheduler final : public Scheduler {
public:
    // `environment` is what every job gets ("K=V"); the processes are the caller's, and LocalScheduler
    // alone may reap() them.
    LocalScheduler(Processes& processes, const LocalOptions& options, std::vector<std::string> environment,
                   std::string experiment_id);

    Status possible(const Resources& resources) const override;
    int room(const Resources& resources) const override;
    std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) override;
    void adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) override;
    Listing list() override;
    void ended(const JobRef& job) override;
    void cancel(const std::vector<JobRef>& jobs, CancelHow how) override;
    void pump() override;
    bool confirms_death() const override { return true; }
    std::string host() const override { return self_.name; }
    int slots() const override { return slots_.cpus(); }

    // So many of them would start at once: nothing waits.
    int fits(const Resources& resources) const { return waiting_.empty() && possible(resources) ? slots_.fits(resources) : 0; }

    // Jobs whose wrapper left by itself, and of which ended() was not told yet. How they ended it has posted.
    std::vector<JobRef> left() const;

    std::optional<ProcessId> wrapper_of(const JobRef& job) const;  // of one that was started and is not over

private:
    struct Waiting {
        JobRef ref;
        TaskLaunch launch;
        std::string directory;
        Resources resources;
        int overtaken = 0;
    };
    struct Running {
        ProcessId id;  // the wrapper; its pid is its session
        SlotShare share;
        bool left = false;   // its wrapper left by itself
        bool ended = false;  // the spool told so: its wrapper is leaving
    };

    bool known(const JobRef& job) const;
    Result<std::string> enqueue(const JobRequest& request);
    void start_what_fits();
    void start(Waiting& job, SlotShare share);
    std::vector<std::string> environment_of(const Waiting& job, const SlotShare& share) const;
    void free_place(std::int64_t pid);
    void collect();
    std::optional<std::set<ProcessId>> outlived(const std::set<ProcessId>& dead);
    void settle_dead();
    void seek();
    std::optional<ProcessId> find_wrapper(const JobRef& job) const;
    void cancel_running(const Running& job, CancelHow how);

    Processes& processes_;
    Slots slots_;
    int queue_depth_;
    std::vector<std::string> environment_;
    std::string experiment_id_;
    HostIdentity self_;
    std::deque<Waiting> waiting_;
    std::set<JobRef> waiting_refs_;
    std::map<JobRef, Running> running_;
    std::set<ProcessId> gone_;  // wrappers that ended, until nothing of their sessions is left
    std::optional<std::vector<ProcessEntry>> scan_;  // one look at the processes serves a series of adopt()
    std::map<JobRef, Resources> sought_;             // adopted without a claim, until a look at the processes succeeds
};

}  // namespace tw
