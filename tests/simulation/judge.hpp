// What must hold in every world, looked at after every step that could break it.
#pragma once

#include <map>
#include <set>

#include "batch/scheduler.hpp"
#include "records/documents.hpp"
#include "simulation/client_filesystem.hpp"
#include "simulation/world.hpp"

namespace tw::simulation {

class Judge final : public Witness {
public:
    explicit Judge(World& world) : world_(world) {}

    void appeared(Process& by, const std::string& path) override;
    void vanished(Process& by, const std::string& path) override;
    void listed(Process& by, const std::string& directory) override;

    // What happens outside of the disk. `inode`: of the directory that a script works in.
    void submitted(const JobRef& job);
    void script_starts(const JobRef& job, std::uint64_t inode);
    void script_ends(const JobRef& job, std::uint64_t inode);
    void good_end(const JobRef& job) { done_.insert({job.trial, job.key.incarnation, job.key.stage, job.key.task}); }
    void bad_end(const JobRef& job) { ++bad_ends_[{job.trial, job.key.stage}]; }  // that its wrapper saw
    void asked(const TrialId& trial, const std::string& request);
    void watcher_starts() { ++watchers_; }
    bool never_silent(const std::string& agent) const;  // so far nobody may hold it for dead
    void power_is_lost();  // just before
    void power_is_back();

    // When nothing goes wrong any more and all programs say that they are done. `proposals`: so many were wanted.
    void at_the_end(int proposals);

    // Called when a name appears, after the checks.
    std::function<void(Process&, const std::string&)> on_appeared;

private:
    [[noreturn]] static void broken(const std::string& rule, const std::string& what);
    void look_at_config(const TrialId& trial);
    void look_at_outcome(const TrialId& trial);
    void check_end(const TrialId& trial, const Outcome& outcome) const;
    void check_value(const TrialId& trial, const Outcome& outcome) const;
    void check_leftovers() const;
    void check_request_taken(const TrialId& trial) const;
    void check_not_done_yet(const JobRef& job) const;
    void look_at_agents(const Process& by, const std::string& path);
    void look_at_claim(const std::string& path);
    bool was_seen(const std::string& path) const;
    bool is_aside(const TrialId& id) const;
    void check_proposals(int proposals) const;
    std::optional<std::string> text_of(const std::string& path) const;
    std::vector<std::string> names_in(const std::string& directory) const;

    struct Told {  // the last word on a trial
        EndState state;
        std::map<std::string, double> values;
        std::int64_t seq;
    };
    struct Asked {
        int stop = 0, kill = 0, retry = 0;
    };
    using TaskOf = std::tuple<TrialId, std::int64_t, std::string, std::int64_t>;

    World& world_;
    std::map<JobRef, int> starts_;
    std::map<std::pair<std::uint64_t, std::string>, JobRef> at_work_;  // by directory, and stage and task
    std::map<TaskOf, std::vector<double>> submissions_;
    std::map<std::pair<TrialId, std::string>, int> bad_ends_;  // by trial and stage
    std::map<TrialId, Told> told_;
    std::map<TrialId, Asked> asked_;
    std::set<TrialId> accepted_;
    std::map<std::int64_t, TrialId> proposed_;  // by k
    std::set<TaskOf> done_;  // an attempt that its scheduler showed to its end has posted success
    std::map<std::string, double> posted_, looked_;  // when, by path
    int watchers_ = 0;

    struct Beats {
        double last = 0, longest = 0;  // when; without a new one
    };
    std::map<std::string, Beats> beats_;      // by agent
    std::map<TrialId, int> evictions_;        // that agents told of
    std::set<JobRef> given_up_;               // by a void claim
};

}  // namespace tw::simulation
