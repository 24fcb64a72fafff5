#include "posix/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>

#include "posix/errors.hpp"
#include "posix/fd.hpp"
#include "posix/proc.hpp"
#include "posix/topology.hpp"

namespace tw {

namespace {

constexpr int append_flags = O_WRONLY | O_CREAT | O_APPEND;

// 0, or the first error number; posix_spawn and its helpers return numbers and leave errno alone.
class Actions {
public:
    Actions() { ::posix_spawn_file_actions_init(&actions_); }
    ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;

    int fill(const Spawn& spawn);
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    int open(int fd, const std::string& path, int flags) {
        const char* name = path.empty() ? "/dev/null" : path.c_str();
        return ::posix_spawn_file_actions_addopen(&actions_, fd, name, flags, 0666);
    }
    int close_others();

    posix_spawn_file_actions_t actions_;
};

int Actions::fill(const Spawn& spawn) {
    int number = open(0, spawn.input, O_RDONLY);
    if (number == 0) number = open(1, spawn.output, append_flags);
    if (number == 0) {
        bool shared = spawn.error == spawn.output;
        number =
            shared ? ::posix_spawn_file_actions_adddup2(&actions_, 1, 2) : open(2, spawn.error, append_flags);
    }
    if (number == 0 && !spawn.directory.empty()) {
        number = ::posix_spawn_file_actions_addchdir_np(&actions_, spawn.directory.c_str());
    }
    return number == 0 ? close_others() : number;
}

// Ours are all CLOEXEC; those that we inherited (a batch hook's lock, ssh's pipes) may not be.
int Actions::close_others() {
#if __GLIBC_PREREQ(2, 34)
    return ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
#else
    std::vector<int> inherited;
    for (int fd = 3; fd < 1024; ++fd) {
        int flags = ::fcntl(fd, F_GETFD);
        if (flags >= 0 && !(flags & FD_CLOEXEC)) inherited.push_back(fd);
    }
    int number = 0;
    for (int fd : inherited) {
        if (number == 0) number = ::posix_spawn_file_actions_addclose(&actions_, fd);
    }
    return number;
#endif
}

class Attributes {
public:
    explicit Attributes(bool new_session) {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, defaults;
        ::sigemptyset(&none);
        ::sigfillset(&defaults);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (new_session ? POSIX_SPAWN_SETSID : 0);
        ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

std::string_view search_path(const std::vector<std::string>& environment) {
    for (std::string_view entry : environment) {
        if (entry.starts_with("PATH=")) return entry.substr(5);
    }
    return "/usr/bin:/bin";
}

bool is_program(const std::string& path) {
    struct stat info;
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// By the child's PATH and directory, which posix_spawnp does not know. "" if there is none.
std::string find_program(const Spawn& spawn) {
    const std::string& name = spawn.argv[0];
    if (name.find('/') != name.npos) return name;
    std::string_view rest = search_path(spawn.environment);
    while (!name.empty()) {
        std::string_view part = rest.substr(0, rest.find(':'));
        std::string base =
            part.starts_with('/') ? "" : (spawn.directory.empty() ? "." : spawn.directory) + "/";
        std::string candidate = base + std::string(part) + "/" + name;
        if (is_program(candidate)) return candidate;
        if (part.size() == rest.size()) break;
        rest.remove_prefix(part.size() + 1);
    }
    return "";
}

// posix_spawn says only what went wrong, not with which of the files.
Error explain(const Spawn& spawn, int number) {
    struct stat info;
    if (!spawn.directory.empty()) {
        bool there = ::stat(spawn.directory.c_str(), &info) == 0;
        if (!there) return system_error(errno, "enter", spawn.directory);
        if (!S_ISDIR(info.st_mode)) return system_error(ENOTDIR, "enter", spawn.directory);
        if (::access(spawn.directory.c_str(), X_OK) != 0)
            return system_error(errno, "enter", spawn.directory);
    }
    for (const auto& path : {spawn.output, spawn.error}) {
        if (path.empty()) continue;
        Fd fd(::open(path.c_str(), append_flags | O_CLOEXEC, 0666));
        if (!fd) return system_error(errno, "write", path);
    }
    return system_error(number, "start", spawn.argv[0]);
}

}  // namespace

Result<pid_t> spawn_child(const Spawn& spawn) {
    if (spawn.argv.empty()) return fail(Code::invalid, "cannot start an empty command");
    std::string program = find_program(spawn);
    if (program.empty()) {
        return fail(Code::not_found, "cannot start '" + spawn.argv[0] + "': it is not in PATH",
                    spawn.argv[0]);
    }
    Actions actions;
    Attributes attributes(spawn.new_session);
    auto argv = pointers(spawn.argv), environment = pointers(spawn.environment);
    pid_t pid = 0;
    int number = actions.fill(spawn);
    if (number == 0) {
        Confined confined(spawn.cpus);  // a child begins where its parent may run
        number = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(),
                               environment.data());
    }
    if (number != 0) return fail(explain(spawn, number));
    return pid;
}

Error become(const std::vector<std::string>& argv) {
    ::execvp(argv.front().c_str(), pointers(argv).data());
    return system_error(errno, "start", argv.front());
}

}  // namespace tw
