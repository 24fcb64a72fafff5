#include "posix/processes.hpp"

#include <signal.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <cctype>
#include <cstdlib>
#include <random>

#include "posix/errors.hpp"
#include "posix/limits.hpp"
#include "posix/pidfd.hpp"
#include "posix/proc.hpp"
#include "posix/spawn.hpp"
#include "posix/topology.hpp"

extern char** environ;

namespace tw {

namespace {

std::string read_boot_id() {
    std::string text;
    if (!read_small_file("/proc/sys/kernel/random/boot_id", text)) return "unknown";
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text;
}

std::string read_host_name() {
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0) return "";
    return name;
}

// Without the name service, which can hang for as long as its server is away, and which a static program
// does not have.
std::string user_name() {
    for (const char* variable : {"USER", "LOGNAME"}) {
        const char* value = std::getenv(variable);
        if (value && *value) return value;
    }
    std::string passwd, name;
    if (read_small_file("/etc/passwd", passwd)) name = user_listed(passwd, ::geteuid());
    return name.empty() ? std::to_string(::geteuid()) : name;
}

int exit_status_of(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace

std::string host_label(const std::string& host_name) {
    std::string label = host_name.substr(0, std::min<std::size_t>(host_name.find('.'), 63));
    for (char& c : label) {
        if (!std::isalnum(static_cast<unsigned char>(c)) || (c & 0x80)) c = '-';
    }
    return label.empty() ? "localhost" : label;
}

PosixProcesses::PosixProcesses() : host_(host_label(read_host_name())), boot_id_(read_boot_id()) {
    ::signal(SIGCHLD, SIG_DFL);
}

Result<ProcessId> PosixProcesses::spawn(const Spawn& spawn) {
    auto pid = spawn_child(spawn);
    if (!pid) return fail(pid.error());
    children_.insert(*pid);
    ProcStat stat;  // there until it is reaped, even if it has ended already
    look_at_process(*pid, stat);
    return ProcessId{*pid, stat.start_time};
}

std::vector<ProcessExit> PosixProcesses::reap() {
    std::vector<ProcessExit> ended;
    for (auto child = children_.begin(); child != children_.end();) {
        int status = 0;
        pid_t pid = static_cast<pid_t>(*child);
        pid_t got = retry([&] { return ::waitpid(pid, &status, WNOHANG); });
        if (got == 0) {
            ++child;
            continue;
        }
        // 255: somebody else reaped it, nobody knows how it ended.
        ended.push_back({*child, got > 0 ? exit_status_of(status) : 255, got <= 0 || WIFSIGNALED(status)});
        child = children_.erase(child);
    }
    return ended;
}

bool PosixProcesses::alive(const ProcessId& id) {
    ProcStat stat;
    Look look = look_at_process(id.pid, stat);
    if (look != Look::found) return look == Look::unknown;
    return stat.start_time == id.start_time && !stat.dead();
}

Status PosixProcesses::signal(const ProcessId& id, int signal) {
    return signal_process(id, signal);
}

Status PosixProcesses::signal_session(std::int64_t session, int signal) {
    if (session <= 1) return fail(Code::refused, "refusing to signal session " + std::to_string(session));
    std::set<ProcessId> reached;
    Status worst;
    // Again until nobody new is found, within reason: members may fork while the list is read.
    std::size_t before = 1;
    for (int pass = 0; pass < 8 && before != reached.size(); ++pass) {
        before = reached.size();
        each_process(true, [&](std::int64_t pid) {
            ProcStat stat;
            if (pid == ::getpid() || look_at_process(pid, stat) != Look::found) return;
            if (stat.session != session || stat.dead()) return;
            ProcessId id{pid, stat.start_time};
            if (!reached.insert(id).second) return;
            auto sent = this->signal(id, signal);
            if (!sent && sent.error().code != Code::not_found) worst = sent;
        });
    }
    if (!worst) return worst;
    if (reached.empty()) return fail(system_error(ESRCH, "signal", "session " + std::to_string(session)));
    return {};
}

Result<std::vector<ProcessEntry>> PosixProcesses::list() {
    std::vector<ProcessEntry> entries;
    std::optional<Error> unknown;
    bool listed = each_process(false, [&](std::int64_t pid) {
        ProcStat stat;
        std::vector<std::string> argv;
        Look look = look_at_process(pid, stat);
        if (look == Look::found && stat.dead()) return;
        if (look == Look::found) look = look_at_arguments(pid, argv);
        if (look == Look::unknown) unknown = system_error(errno, "read", "/proc/" + std::to_string(pid));
        if (look == Look::found) entries.push_back({{pid, stat.start_time}, stat.session, std::move(argv)});
    });
    if (unknown) return fail(*unknown);
    if (!listed) return fail_errno("list", "/proc");
    return entries;
}

HostIdentity PosixProcesses::self() {
    ProcStat stat;
    look_at_process(::getpid(), stat);
    return {host_, boot_id_, ::getpid(), stat.start_time, ::geteuid(), user_name()};
}

bool PosixProcesses::same_host(const HostIdentity& who) {
    return who.name == host_ && who.boot_id == boot_id_ && alive({who.pid, who.start_time});
}

int PosixProcesses::cpus() {
    return available_cpus();
}

std::vector<CpuPlace> PosixProcesses::cpu_places() {
    return read_cpu_places(own_cpus(), "/sys/devices/system");
}

std::int64_t PosixProcesses::memory() {
    return available_memory();
}

std::vector<std::string> PosixProcesses::gpus() {
    return find_gpus(std::getenv("CUDA_VISIBLE_DEVICES"), "/dev");
}

std::vector<std::string> PosixProcesses::environment() {
    std::vector<std::string> result;
    for (char** entry = environ; entry && *entry; ++entry) result.emplace_back(*entry);
    return result;
}

std::string PosixProcesses::random_hex(int digits) {
    std::string bytes(static_cast<std::size_t>(digits + 1) / 2, '\0');
    ssize_t got = retry([&] { return ::getrandom(bytes.data(), bytes.size(), 0); });
    if (got != static_cast<ssize_t>(bytes.size())) {
        std::random_device device;  // kernels before 3.17, and system call filters
        for (char& byte : bytes) byte = static_cast<char>(device());
    }
    std::string hex;
    for (unsigned char byte : bytes) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    hex.resize(static_cast<std::size_t>(digits));
    return hex;
}

}  // namespace tw
