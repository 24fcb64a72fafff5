// Submits agents by itself, as jobs of any other backend, while jobs wait for one. protocol/11-agents.md.
//
// What was submitted stands in .trialwatch/agents/pool before the scheduler hears of it, so that whoever
// watches next finds it again. Not thread safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "batch/agents/pool_plan.hpp"
#include "batch/cluster/pace.hpp"
#include "batch/scheduler.hpp"
#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "ports/log.hpp"
#include "records/pool_entry.hpp"

namespace tw {

struct PoolPorts {
    FileSystem& fs;  // the experiment's directory
    Clock& clock;
    Log& log;
    std::string experiment_id;
    std::string program;  // absolute path of trialagent
    std::string host;     // this one
};

class ElasticPool {
public:
    // `scheduler`: where spec.backend's jobs go; the pool's alone.
    ElasticPool(const PoolPorts& ports, PoolSpec spec, std::unique_ptr<Scheduler> scheduler);

    const PoolSpec& spec() const { return spec_; }
    void change(const PoolSpec& spec);  // of the same backend

    // Once per poll, after the journal was found to be our own: concludes, submits, takes back. `still_owner`
    // is asked once more between the word that an agent is submitted and its submission. `full`: nothing new.
    void tick(const std::vector<AgentWork>& work, const std::function<Status()>& still_owner,
              bool full = false);

    // The search has ended, or another pool takes over: who has not begun is taken back.
    void dismiss();

    // Something looks gone, and only time can tell whether it is.
    bool undecided() const { return scheduler_->undecided(); }

private:
    using State = PoolEntry::State;
    struct Known {
        State state;
        Seconds since;        // when it was first seen so
        bool worked = false;  // it was no failure
        bool there = false;   // it was handed over, or listed
    };
    bool ours(const PoolEntry& entry) const { return entry.backend == backend_; }
    void adopt(const std::vector<PoolEntry>& pool);
    void conclude(std::vector<PoolEntry>& pool, const Listing& listing);
    bool is_gone(PoolEntry& entry, const std::set<JobRef>& listed);
    bool stranger_is_gone(PoolEntry& entry);
    void note_death(const PoolEntry& entry);
    void close(PoolEntry entry, bool failed);
    void tell_failed(const std::map<std::int64_t, std::string>& failed);
    void judge(const std::vector<PoolEntry>& pool, bool missing);
    void cancel_withdrawn(const std::vector<PoolEntry>& pool);
    int allowed(int wanted, const PoolCensus& census) const;
    void submit(int count, const std::function<Status()>& still_owner);
    void hand_over(const std::vector<std::int64_t>& numbers);
    void take_refusal(std::int64_t number, const Error& error);
    void retire(const std::vector<PoolEntry>& pool, int surplus);
    JobRequest request(std::int64_t number) const;
    std::vector<std::string> arguments(std::int64_t number) const;
    PoolEntry entry_of(std::int64_t number) const { return {number, backend_, State::wanted, ""}; }
    Seconds now() const { return ports_.clock.monotonic(); }

    PoolPorts ports_;
    PoolSpec spec_;
    std::string backend_;
    std::unique_ptr<Scheduler> scheduler_;
    std::map<std::int64_t, Known> known_;
    std::int64_t highest_ = 0;
    std::vector<std::int64_t> not_yet_;  // to be handed over again
    std::set<std::int64_t> cancelled_;
    Backoff
        backoff_;  // agents that end before they begin, or before they work for long, or that came in vain
    std::optional<Seconds> refused_until_;
    std::optional<Seconds> surplus_since_;
    int least_surplus_ = 0;
    bool told_unreadable_ = false;
};

}  // namespace tw
