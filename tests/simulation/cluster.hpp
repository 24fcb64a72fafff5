// A batch system that lies: it loses answers and jobs, starts jobs twice, hides those that run, and is away for hours.
#pragma once

#include <list>

#include "batch/scheduler.hpp"
#include "simulation/job.hpp"
#include "simulation/world.hpp"

namespace tw::simulation {

class Judge;

class Cluster {
public:
    Cluster(World& world, Judge& judge) : world_(world), judge_(judge), dice_(world.seed(), "cluster") {}

    // Asked by a watcher's process; each may be its last call.
    Result<std::string> submit(Process& by, const JobRequest& request);
    Listing list();
    void cancel(const JobRef& job, CancelHow how);
    int room() const;

    void go_out(double seconds) { back_ = world_.now() + seconds; }
    void forget_all() { jobs_.clear(); }  // with its machines

    bool confirms_death = false;           // nothing of a job that it does not list still writes
    std::string experiment_id;

private:
    struct Job {
        int number = 0;
        JobRef ref;
        JobState state = JobState::queued;
        bool hidden = false;
        std::string node;
        std::shared_ptr<JobRun> run;
    };
    using Place = std::list<Job>::iterator;

    bool out() const { return world_.now() < back_; }
    bool happens(double chance, const Job& job, const char* words);
    void enqueue(const JobRef& ref, const TaskLaunch& launch);
    void live(Process& process, int number);
    void wait_in_queue(Process& process, int number);
    void plan_fate(int number);
    void end(int number);
    Job* find(int number);

    World& world_;
    Judge& judge_;
    Dice dice_;
    std::list<Job> jobs_;
    int last_number_ = 0;
    double back_ = 0;
};

// What a watcher holds of it.
class ClusterClient final : public Scheduler {
public:
    ClusterClient(Cluster& cluster, Process& process) : cluster_(cluster), process_(process) {}

    Status possible(const Resources&) const override { return {}; }
    int room(const Resources&) const override { return cluster_.room(); }
    std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) override;
    void adopt(const JobRef&, const std::optional<Claim>&, const Resources&) override {}
    Listing list() override;
    void ended(const JobRef&) override {}
    void cancel(const std::vector<JobRef>& jobs, CancelHow how) override;
    void pump() override {}
    bool confirms_death() const override { return cluster_.confirms_death; }
    int slots() const override { return 4; }

private:
    Cluster& cluster_;
    Process& process_;
};

}  // namespace tw::simulation
