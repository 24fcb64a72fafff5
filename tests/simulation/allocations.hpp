// Allocations with real agents in them, on the world's machines: they end, are taken away, sleep, and come
// anew.
#pragma once

#include "app/agent/agent.hpp"
#include "batch/agents/agents_scheduler.hpp"
#include "batch/local_slots.hpp"
#include "simulation/client_filesystem.hpp"
#include "simulation/job.hpp"
#include "simulation/ports.hpp"
#include "support/fake_commands.hpp"

namespace tw::simulation {

class Judge;

// What runs in one: the jobs of its agent.
using Jobs = std::vector<std::shared_ptr<JobRun>>;

// An agent's node: jobs are processes of its machine, which outlive it.
class NodeRunner final : public JobRunner {
public:
    NodeRunner(Process& agent, Judge& judge, Jobs& jobs);

    Status possible(const Resources& resources) const override { return slots_.possible(resources); }
    int fits(const Resources& resources) const override { return slots_.fits(resources); }
    void start(const AgentJobName& job, const AgentJob& content) override;
    void end(const JobRef& job, CancelHow how) override;
    std::vector<JobRef> over(bool thorough) override;
    int cpus() const override { return slots_.cpus(); }

private:
    struct Running {
        std::shared_ptr<JobRun> run;
        SlotShare share;
    };
    void plan_fate(const std::shared_ptr<JobRun>& run);

    Process& agent_;
    Judge& judge_;
    Jobs& jobs_;
    Slots slots_;
    std::map<JobRef, Running> running_;
};

class Allocations {
public:
    Allocations(World& world, Judge& judge, std::set<HintedWaker*>& wakers)
        : world_(world), judge_(judge), wakers_(wakers) {}

    void supervise(Machine& machine);  // one after the other, for ever
    std::unique_ptr<Scheduler> client(ClientFileSystem& fs, ProcessPorts& own);

private:
    struct Allocation {
        double ends = 1e12, told = 1e12, sleeps = 1e12;
        double length = 0;      // of the sleep
        bool together = false;  // its jobs sleep, too
        bool all_die = false;   // its jobs die with the agent
        bool patient = false;   // it does not leave for want of work
        Jobs jobs;
    };
    void hold_one(Process& supervisor, Machine& machine);
    void plan(Dice& dice, Allocation& allocation);
    void attend(Process& process, Allocation& allocation);
    void put_to_sleep(Process& agent, Allocation& allocation);

    World& world_;
    Judge& judge_;
    std::set<HintedWaker*>& wakers_;
    support::FakeCommands no_commands_;
};

}  // namespace tw::simulation
