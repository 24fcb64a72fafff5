// What /proc says about processes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

struct ProcStat {
    std::int64_t pid = 0;
    char state = '?';  // R S D Z T X ...
    std::int64_t session = 0;
    std::int64_t start_time = 0;  // clock ticks since boot
    // Where its environment lies; 0: not there yet, within execve(2), or not any more, or the kernel does not
    // tell.
    std::int64_t environment_begin = 0, environment_end = 0;
    bool has_memory = true;  // it is no kernel thread, and does not end
    bool dead() const { return state == 'Z' || state == 'X' || state == 'x'; }
};

// The text of /proc/PID/stat. The command name may contain anything, ") 1 2" included.
bool parse_proc_stat(std::string_view text, ProcStat& out);

// `unknown` (no descriptor left, no /proc) must not be taken for an end.
enum class Look { found, gone, unknown };
Look look_at_process(std::int64_t pid, ProcStat& out);

// `found` and empty for zombies and kernel threads.
Look look_at_arguments(std::int64_t pid, std::vector<std::string>& out);

// Every process number that /proc lists for this user (all users' where `everybody`). False: no /proc, or
// not all of it.
bool each_process(bool everybody, const std::function<void(std::int64_t pid)>& visit);

// The name of a user in the text of /etc/passwd; "": not listed there.
std::string user_listed(std::string_view passwd, std::uint32_t uid);

// A small file at once, e.g. of /proc. False with errno set.
bool read_small_file(const std::string& path, std::string& out);

}  // namespace tw
