// The real processes of this host, by /proc.
#pragma once

#include <set>

#include "ports/process.hpp"

namespace tw {

class PosixProcesses final : public Processes {
public:
    // Sets SIGCHLD to its default action: where it was inherited as ignored, no exit status could be had.
    PosixProcesses();

    Result<ProcessId> spawn(const Spawn& spawn) override;
    std::vector<ProcessExit> reap() override;
    bool alive(const ProcessId& id) override;                 // true as well when /proc cannot be asked
    Status signal(const ProcessId& id, int signal) override;  // Code::not_found when it is dead
    Status signal_session(std::int64_t session, int signal) override;  // never this process itself
    Result<std::vector<ProcessEntry>> list() override;
    HostIdentity self() override;
    bool same_host(const HostIdentity& who) override;
    int cpus() override;
    std::vector<CpuPlace> cpu_places() override;
    std::int64_t memory() override;
    std::vector<std::string> gpus() override;
    std::vector<std::string> environment() override;
    std::string random_hex(int digits) override;

private:
    std::string host_, boot_id_;
    std::set<std::int64_t> children_;
};

// The first label of a host name, as HostIdentity wants it.
std::string host_label(const std::string& host_name);

}  // namespace tw
