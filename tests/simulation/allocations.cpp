#include "simulation/allocations.hpp"

#include <fmt/format.h>

#include "simulation/judge.hpp"

namespace tw::simulation {

namespace {

constexpr int node_cpus = 2;
constexpr std::int64_t memory = std::int64_t{8} << 30;

// Between being told and being killed, as batch systems do it.
constexpr double notice = 90;

std::string agent_of(const AgentJob& content) {
    const std::string name = "TRIALWATCH_AGENT=";
    for (auto& entry : content.environment)
        if (entry.starts_with(name)) return entry.substr(name.size());
    return "";
}

}  // namespace

NodeRunner::NodeRunner(Process& agent, Judge& judge, Jobs& jobs)
    : agent_(agent), judge_(judge), jobs_(jobs), slots_(node_cpus, memory, {}) {
}

void NodeRunner::start(const AgentJobName& job, const AgentJob& content) {
    JobRef ref{job.trial, job.key};
    auto run = std::make_shared<JobRun>(JobRun{ref, content.argv, {}});
    run->obeys = true;
    SlotShare share;
    (void)slots_.take(job.resources, share);
    auto body = [run, &judge = judge_, id = agent_of(content)](Process& wrapper) {
        if (run_job(wrapper, judge, run) == 0 && run->did_well && judge.never_silent(id))
            judge.good_end(run->job);
    };
    run->wrapper = agent_.world.start("wrapper", agent_.machine, body);
    plan_fate(run);
    jobs_.push_back(run);
    running_[ref] = {std::move(run), std::move(share)};
}

// The wrapper alone may die.
void NodeRunner::plan_fate(const std::shared_ptr<JobRun>& run) {
    World& world = agent_.world;
    bool dies = world.fault(agent_.dice, For::behaviour, world.profile.straggler, [&] {
        return run->job.trial + " " + run->job.key.name() + " loses its wrapper soon";
    });
    if (!dies) return;
    double when = agent_.dice.between(For::length, 0, 300);
    world.start("fate", *world.machines.front(), [run, when](Process& process) {
        process.pause(when);
        if (auto wrapper = run->wrapper.lock()) wrapper->kill();
    });
}

void NodeRunner::end(const JobRef& job, CancelHow how) {
    auto running = running_.find(job);
    if (running == running_.end()) return;
    if (how == CancelHow::kill)
        kill(*running->second.run);
    else
        terminate(*running->second.run);
}

std::vector<JobRef> NodeRunner::over(bool thorough) {
    std::vector<JobRef> over;
    for (auto& [ref, running] : running_) {
        JobRun& run = *running.run;
        auto wrapper = run.wrapper.lock();
        if (wrapper && !wrapper->over()) continue;
        bool script_lives = run.script && !run.script->over();
        if (!run.left && thorough && script_lives) run.script->kill();
        if (run.left || (thorough && !script_lives)) over.push_back(ref);
    }
    for (auto& ref : over) {
        slots_.give_back(running_[ref].share);
        running_.erase(ref);
    }
    return over;
}

void Allocations::supervise(Machine& machine) {
    auto body = [this, &machine](Process& process) {
        process.pause(process.dice.between(For::length, 0, 60));
        for (;;) {
            hold_one(process, machine);
            process.pause(process.dice.between(For::length, 1, 120));  // in the queue
        }
    };
    world_.start("supervisor of agents", machine, body)->mortal = false;
}

void Allocations::plan(Dice& dice, Allocation& allocation) {
    const Profile& profile = world_.profile;
    auto later = [&](double chance, const char* words, double from, double to) {
        bool comes =
            world_.fault(dice, For::behaviour, chance, [&] { return std::string("an allocation ") + words; });
        double seconds = dice.between(For::length, from, to);
        return comes ? world_.now() + seconds : 1e12;
    };
    allocation.ends = later(profile.short_allocation, "is short", 90, 600);
    allocation.told = later(profile.preemption, "will be taken away", 30, 600);
    allocation.sleeps = later(profile.sleep, "will sleep", 30, 1800);
    allocation.length = dice.between(For::length, 20, 900);
    allocation.together = dice.chance(For::target, 0.5);
    allocation.patient = dice.chance(For::target, 0.5);
    allocation.all_die = world_.fault(dice, For::behaviour, 0.5 * profile.kill / (profile.kill + 0.001), [] {
        return std::string("an allocation's jobs will die with their agent");
    });
}

void Allocations::hold_one(Process& supervisor, Machine& machine) {
    auto allocation = std::make_shared<Allocation>();
    plan(supervisor.dice, *allocation);
    auto agent = world_.start("agent", machine,
                              [this, allocation](Process& process) { attend(process, *allocation); });
    agent->on_end = [allocation = allocation.get()] {
        if (allocation->all_die)
            for (auto& job : allocation->jobs) kill(*job);
    };
    while (!agent->over()) {
        supervisor.pause(5);
        double now = world_.now();
        if (now >= allocation->sleeps) put_to_sleep(*agent, *allocation);
        if (now >= allocation->told) {
            allocation->ends = std::min(allocation->ends, now + notice);
            allocation->told = 1e12;
            world_.tell(agent->name + " is told to end");
            ++agent->interrupts;
            agent->wake();
        }
        if (now < allocation->ends) continue;
        world_.tell("the allocation of " + agent->name + " is over");
        agent->kill();
        for (auto& job : allocation->jobs) kill(*job);
    }
}

void Allocations::put_to_sleep(Process& agent, Allocation& allocation) {
    double until = world_.now() + allocation.length;
    allocation.sleeps = 1e12;
    world_.tell(fmt::format("{} sleeps for {:.0f} s", agent.name, allocation.length));
    agent.stop_until(until);
    if (!allocation.together) return;
    for (auto& job : allocation.jobs) {
        if (auto wrapper = job->wrapper.lock()) wrapper->stop_until(until);
        if (job->script) job->script->stop_until(until);
    }
}

void Allocations::attend(Process& process, Allocation& allocation) {
    ClientFileSystem fs(process, judge_);
    ProcessPorts own(process, fs, wakers_);
    NodeRunner runner(process, judge_, allocation.jobs);
    AgentOptions options;
    options.poll = Seconds(5);
    options.beat = Seconds(10);
    options.slack = Seconds(15);
    options.idle = Seconds(allocation.patient ? 0 : 1800);
    options.memory = memory;
    if (allocation.ends < 1e12) options.ends = own.clock.now() + Seconds(allocation.ends - world_.now());
    auto agent = Agent::start(own.ports, options, runner);
    if (agent)
        (*agent)->run();
    else
        own.log.error("{}", agent.error().text());
}

std::unique_ptr<Scheduler> Allocations::client(ClientFileSystem& fs, ProcessPorts& own) {
    AgentsOptions options;
    options.silence = Seconds(world_.profile.silence);
    options.poll = Seconds(5);
    BatchPorts ports{fs, own.clock, own.processes, no_commands_, own.log, ""};
    return std::make_unique<AgentsScheduler>(ports, options);
}

}  // namespace tw::simulation
