// A host whose processes run and end as a test says.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "ports/process.hpp"

namespace tw::support {

struct SentSignal {
    ProcessId id;
    int signal = 0;
    bool operator==(const SentSignal&) const = default;
};

class FakeProcesses final : public Processes {
public:
    explicit FakeProcesses(std::string host = "node1", std::uint64_t seed = 1);

    Result<ProcessId> spawn(const Spawn& spawn) override;
    std::vector<ProcessExit> reap() override;
    bool alive(const ProcessId& id) override;
    Status signal(const ProcessId& id, int signal) override;
    Status signal_session(std::int64_t session, int signal) override;
    Result<std::vector<ProcessEntry>> list() override;
    HostIdentity self() override { return self_; }
    bool same_host(const HostIdentity& who) override;
    int cpus() override { return cpu_count; }
    std::vector<CpuPlace> cpu_places() override { return places; }
    std::int64_t memory() override { return memory_bytes; }
    std::vector<std::string> gpus() override { return gpu_ids; }
    std::vector<std::string> environment() override { return variables; }
    std::string random_hex(int digits) override;  // from the seed

    // What the test does to the host.
    ProcessId add(std::vector<std::string> argv, std::int64_t session = 0);  // somebody else's child
    void finish(std::int64_t pid, int status);                               // ends; a child waits for reap()
    void reboot();   // all processes gone, unreaped; another boot id
    void restart();  // the program itself starts anew: another pid, and its children are no longer its own
    void fail_spawns(Error error, int times = 1);

    struct Started {
        ProcessId id;
        Spawn spawn;
    };
    std::vector<Started> started;  // every spawn that succeeded, oldest first
    std::vector<SentSignal> signals;
    std::function<void(const Started&)> on_spawn;  // may call finish()
    bool can_list = true;
    bool signals_end = true;                       // SIGTERM and SIGKILL end a process with 128+n

    int cpu_count = 4;
    std::vector<CpuPlace> places;
    std::int64_t memory_bytes = std::int64_t{8} << 30;
    std::vector<std::string> gpu_ids;
    std::vector<std::string> variables{"PATH=/usr/bin:/bin", "HOME=/home/user", "USER=user"};

private:
    struct Process {
        ProcessEntry entry;
        bool child = false;
    };
    ProcessId make(const std::vector<std::string>& argv, std::int64_t session, bool child);

    HostIdentity self_;
    std::map<std::int64_t, Process> running_;
    std::vector<ProcessExit> ended_;
    std::deque<Error> spawn_errors_;
    std::uint64_t random_;
    std::int64_t next_pid_ = 100, ticks_ = 1000;
    int boots_ = 1;
};

}  // namespace tw::support
