// Processes of this host.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw {

// This host, as claims and journals name it.
struct HostIdentity {
    std::string name;     // [A-Za-z0-9-]+, at most 63 characters (the first label of the host name)
    std::string boot_id;  // changes at each boot
    std::int64_t pid = 0;
    std::int64_t start_time = 0;  // clock ticks since boot; with pid and boot_id names one process
    std::uint32_t uid = 0;
    std::string user;
};

// One hardware thread. `core` and `numa`: equal numbers are one core, one memory node.
struct CpuPlace {
    int id = 0, core = 0, numa = 0;
    bool operator==(const CpuPlace&) const = default;
};

// pid and start time together name one process of this boot; a recycled pid has another start time.
struct ProcessId {
    std::int64_t pid = 0;
    std::int64_t start_time = 0;
    auto operator<=>(const ProcessId&) const = default;
};

struct Spawn {
    std::vector<std::string> argv;         // argv[0] is a path, or found in the PATH of `environment`
    std::vector<std::string> environment;  // "K=V", all of it
    std::string directory;                 // absolute; "" is the parent's
    std::string input;          // absolute path; "" is /dev/null
    std::string output, error;  // absolute paths, appended to; "" is /dev/null; equal paths share one file
    bool new_session = true;    // survives the parent's terminal
    std::vector<int> cpus;      // ids that it may run on; empty: as the parent
};

struct ProcessEntry {
    ProcessId id;
    std::int64_t session = 0;
    std::vector<std::string> argv;
};

struct ProcessExit {
    std::int64_t pid = 0;
    int status = 0;  // 0-255, or 128+n when ended by signal n
    bool by_signal = false;
};

class Processes {
public:
    virtual ~Processes() = default;
    virtual Result<ProcessId> spawn(const Spawn& spawn) = 0;
    virtual std::vector<ProcessExit> reap() = 0;  // children that ended since the last call
    virtual bool alive(const ProcessId& id) = 0;  // zombies are not alive
    // Code::not_found when it is dead.
    virtual Status signal(const ProcessId& id, int signal) = 0;           // one process
    virtual Status signal_session(std::int64_t session, int signal) = 0;  // every process of the session
    // This user's processes. A child that was spawned this moment may still show no argv.
    virtual Result<std::vector<ProcessEntry>> list() = 0;
    virtual HostIdentity self() = 0;
    // Whether the process that `who` names lives, where `who` is on this host and boot.
    virtual bool same_host(const HostIdentity& who) = 0;
    virtual int cpus() = 0;                       // available to this process (affinity and cgroup quota)
    virtual std::vector<CpuPlace> cpu_places() = 0;  // that this process may run on
    virtual std::int64_t memory() = 0;            // bytes available to this process (cgroup-aware)
    virtual std::vector<std::string> gpus() = 0;  // ids for CUDA_VISIBLE_DEVICES
    virtual std::vector<std::string> environment() = 0;  // "K=V"
    virtual std::string random_hex(int digits) = 0;
};

}  // namespace tw
