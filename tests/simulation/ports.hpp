// Clock, waker, processes and log of one simulated process.
#pragma once

#include <set>

#include "app/ports.hpp"
#include "simulation/world.hpp"

namespace tw::simulation {

class MachineClock final : public Clock {
public:
    explicit MachineClock(Process& process) : process_(process) {}
    Instant now() override { return process_.world.wall(process_.machine); }
    Seconds monotonic() override { return process_.world.monotonic(process_.machine); }
    Instant booted() override { return now() - Seconds(process_.world.now() - process_.machine.booted); }

private:
    Process& process_;
};

// Who is told of names that its own machine makes.
class HintedWaker final : public Waker {
public:
    HintedWaker(Process& process, std::set<HintedWaker*>& all) : process_(process), all_(all) { all_.insert(this); }
    ~HintedWaker() override { all_.erase(this); }
    HintedWaker(const HintedWaker&) = delete;
    HintedWaker& operator=(const HintedWaker&) = delete;

    void watch(const std::string& directory) override { watched_.insert(directory); }
    void unwatch(const std::string& directory) override { watched_.erase(directory); }
    Reason wait(Seconds longest) override;
    int interrupts() override { return process_.interrupts; }

    void appeared(const Process& by, const std::string& directory);

private:
    Process& process_;
    std::set<HintedWaker*>& all_;
    std::set<std::string> watched_;
    bool hinted_ = false, waits_ = false;
};

// Sees its own machine alone; runs no hooks.
class MachineProcesses final : public Processes {
public:
    explicit MachineProcesses(Process& process) : process_(process) {}

    Result<ProcessId> spawn(const Spawn&) override { return fail(Code::io, "nothing is spawned here"); }
    std::vector<ProcessExit> reap() override { return {}; }
    bool alive(const ProcessId& id) override;
    Status signal(const ProcessId&, int) override { return fail(Code::not_found, "no such process"); }
    Status signal_session(std::int64_t, int) override { return fail(Code::not_found, "no such session"); }
    Result<std::vector<ProcessEntry>> list() override { return std::vector<ProcessEntry>{}; }
    HostIdentity self() override;
    bool same_host(const HostIdentity& who) override { return who.name == process_.machine.name; }
    int cpus() override { return 4; }
    std::vector<CpuPlace> cpu_places() override { return {}; }
    std::int64_t memory() override { return std::int64_t{8} << 30; }
    std::vector<std::string> gpus() override { return {}; }
    std::vector<std::string> environment() override { return {"PATH=/usr/bin:/bin"}; }
    std::string random_hex(int digits) override;

private:
    Process& process_;
};

class StoryLog final : public Log {
public:
    explicit StoryLog(Process& process) : process_(process) {}
    void write(Level, const std::string& line) override {
        process_.world.tell("  " + process_.name + ": " + line);
    }

private:
    Process& process_;
};

// All that a program is given.
struct ProcessPorts {
    ProcessPorts(Process& process, FileSystem& fs, std::set<HintedWaker*>& wakers)
        : clock(process), waker(process, wakers), processes(process), log(process), ports{fs, clock, waker, processes, log} {}
    MachineClock clock;
    HintedWaker waker;
    MachineProcesses processes;
    StoryLog log;
    Ports ports;
};

}  // namespace tw::simulation
