#include "support/fake_processes.hpp"

#include <csignal>

namespace tw::support {

FakeProcesses::FakeProcesses(std::string host, std::uint64_t seed) : random_(seed) {
    self_ = {std::move(host), "boot-1", 0, 0, 1000, "user"};
    restart();
}

ProcessId FakeProcesses::make(const std::vector<std::string>& argv, std::int64_t session, bool child) {
    ProcessId id{next_pid_++, ticks_++};
    running_[id.pid] = {{id, session == 0 ? id.pid : session, argv}, child};
    return id;
}

Result<ProcessId> FakeProcesses::spawn(const Spawn& spawn) {
    if (!spawn_errors_.empty()) {
        Error error = spawn_errors_.front();
        spawn_errors_.pop_front();
        return fail(error);
    }
    ProcessId id = make(spawn.argv, spawn.new_session ? 0 : self_.pid, true);
    started.push_back({id, spawn});
    if (on_spawn) on_spawn(Started(started.back()));
    return id;
}

std::vector<ProcessExit> FakeProcesses::reap() {
    return std::exchange(ended_, {});
}

bool FakeProcesses::alive(const ProcessId& id) {
    auto found = running_.find(id.pid);
    return found != running_.end() && found->second.entry.id == id;
}

Status FakeProcesses::signal(const ProcessId& id, int signal) {
    if (!alive(id)) return fail(Code::not_found, "cannot signal process " + std::to_string(id.pid));
    signals.push_back({id, signal});
    if (signals_end && (signal == SIGTERM || signal == SIGKILL)) finish(id.pid, 128 + signal);
    return {};
}

Status FakeProcesses::signal_session(std::int64_t session, int signal) {
    std::vector<ProcessId> members;
    for (const auto& [pid, process] : running_) {
        if (process.entry.session == session && pid != self_.pid) members.push_back(process.entry.id);
    }
    if (members.empty()) return fail(Code::not_found, "cannot signal session " + std::to_string(session));
    for (const auto& id : members) (void)this->signal(id, signal);
    return {};
}

Result<std::vector<ProcessEntry>> FakeProcesses::list() {
    if (!can_list) return fail(Code::io, "cannot list processes");
    std::vector<ProcessEntry> entries;
    for (const auto& [pid, process] : running_) entries.push_back(process.entry);
    return entries;
}

bool FakeProcesses::same_host(const HostIdentity& who) {
    return who.name == self_.name && who.boot_id == self_.boot_id && alive({who.pid, who.start_time});
}

std::string FakeProcesses::random_hex(int digits) {
    std::string hex;
    while (static_cast<int>(hex.size()) < digits) {
        std::uint64_t z = random_ += 0x9e3779b97f4a7c15;  // splitmix64
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        hex += "0123456789abcdef"[(z ^ (z >> 31)) & 15];
    }
    return hex;
}

ProcessId FakeProcesses::add(std::vector<std::string> argv, std::int64_t session) {
    return make(argv, session, false);
}

void FakeProcesses::finish(std::int64_t pid, int status) {
    auto found = running_.find(pid);
    if (found == running_.end()) return;
    if (found->second.child) ended_.push_back({pid, status, status > 128});
    running_.erase(found);
}

void FakeProcesses::reboot() {
    running_.clear();
    ended_.clear();
    next_pid_ = 100;  // only the boot id tells the new processes from the old
    ticks_ = 1000;
    self_.boot_id = "boot-" + std::to_string(++boots_);
    restart();
}

void FakeProcesses::restart() {
    running_.erase(self_.pid);
    ended_.clear();
    for (auto& [pid, process] : running_) process.child = false;
    ProcessId id = make({"trialwatch"}, 0, false);
    self_.pid = id.pid;
    self_.start_time = id.start_time;
}

void FakeProcesses::fail_spawns(Error error, int times) {
    spawn_errors_.insert(spawn_errors_.end(), static_cast<std::size_t>(times), error);
}

}  // namespace tw::support
