#include "posix/proc.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <charconv>
#include <memory>

#include "posix/fd.hpp"

namespace tw {

namespace {

bool to_number(std::string_view text, std::int64_t& out) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (std::size_t begin; (begin = text.find_first_not_of(" \n")) != text.npos;) {
        text.remove_prefix(begin);
        std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        result.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return result;
}

std::string proc_path(std::int64_t pid, const char* file) {
    return "/proc/" + std::to_string(pid) + "/" + file;
}

// Fields 9, 50 and 51; PF_KTHREAD and PF_EXITING of linux/sched.h.
void read_memory(const std::vector<std::string_view>& fields, ProcStat& out) {
    std::int64_t flags = 0;
    out.has_memory = !to_number(fields[6], flags) || (flags & (0x200000 | 0x4)) == 0;
    bool told = fields.size() > 48 && to_number(fields[47], out.environment_begin) &&
                to_number(fields[48], out.environment_end);
    if (!told) out.environment_begin = out.environment_end = 0;
}

// What the error of reading a process's file says about the process.
Look gone_or_unknown() {
    if (errno == ESRCH) return Look::gone;
    bool mounted = errno == ENOENT && ::access("/proc/self", F_OK) == 0;
    return mounted ? Look::gone : Look::unknown;
}

}  // namespace

bool parse_proc_stat(std::string_view text, ProcStat& out) {
    std::size_t open = text.find(" ("), close = text.rfind(')');
    if (open == text.npos || close == text.npos || !to_number(text.substr(0, open), out.pid)) return false;
    auto fields = words(text.substr(close + 1));  // from field 3 on, counted as in proc(5)
    if (fields.size() < 20) return false;
    out.state = fields[0][0];
    read_memory(fields, out);
    return to_number(fields[3], out.session) && to_number(fields[19], out.start_time);
}

std::string user_listed(std::string_view passwd, std::uint32_t uid) {
    const std::string wanted = std::to_string(uid);
    for (std::size_t begin = 0; begin < passwd.size();) {
        std::size_t end = std::min(passwd.find('\n', begin), passwd.size());
        std::string_view line = passwd.substr(begin, end - begin);
        begin = end + 1;
        std::size_t name = line.find(':'), password = line.find(':', name + 1);
        if (name == line.npos || password == line.npos) continue;
        std::string_view number = line.substr(password + 1);
        if (number.substr(0, number.find(':')) == wanted) return std::string(line.substr(0, name));
    }
    return "";
}

bool read_small_file(const std::string& path, std::string& out) {
    Fd fd(retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (!fd) return false;
    out.clear();
    char buffer[4096];
    ssize_t got;
    while ((got = retry([&] { return ::read(fd.get(), buffer, sizeof buffer); })) > 0) {
        out.append(buffer, static_cast<std::size_t>(got));
    }
    return got == 0;
}

Look look_at_process(std::int64_t pid, ProcStat& out) {
    std::string text;
    if (pid <= 0) return Look::gone;
    if (read_small_file(proc_path(pid, "stat"), text)) {
        return parse_proc_stat(text, out) ? Look::found : Look::unknown;
    }
    return gone_or_unknown();
}

Look look_at_arguments(std::int64_t pid, std::vector<std::string>& argv) {
    std::string text;
    argv.clear();
    if (!read_small_file(proc_path(pid, "cmdline"), text)) return gone_or_unknown();
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = std::min(text.find('\0', begin), text.size());
        argv.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return Look::found;
}

bool each_process(bool everybody, const std::function<void(std::int64_t pid)>& visit) {
    std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir("/proc"), ::closedir);
    if (!proc) return false;
    bool any = false;
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(proc.get());
        if (!entry) return any && errno == 0;
        std::int64_t pid;
        struct stat info;
        if (!to_number(entry->d_name, pid)) continue;
        any = true;
        if (!everybody &&
            (::fstatat(::dirfd(proc.get()), entry->d_name, &info, 0) != 0 || info.st_uid != ::geteuid())) {
            continue;
        }
        visit(pid);
    }
}

}  // namespace tw
