#include "posix/limits.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>

#include "posix/proc.hpp"
#include "posix/topology.hpp"

namespace tw {

namespace {

template <class Number>
Number smaller_limit(Number a, Number b) {
    if (a <= 0 || b <= 0) return std::max(a, b);
    return std::min(a, b);
}

// The first two numbers of a file; "max", -1 and unreadable ones are 0.
struct Numbers {
    std::int64_t first = 0, second = 0;
};
Numbers read_numbers(const std::string& path) {
    Numbers numbers;
    std::string text;
    if (!read_small_file(path, text)) return numbers;
    std::istringstream in(text);
    if (!(in >> numbers.first)) numbers.first = 0;
    in >> numbers.second;
    return numbers;
}

int quota_cpus(std::int64_t quota, std::int64_t period) {
    if (quota <= 0 || period <= 0) return 0;
    return static_cast<int>(std::max<std::int64_t>(1, (quota + period - 1) / period));
}

CgroupLimits limits_v2(const std::string& group) {
    Numbers cpu = read_numbers(group + "/cpu.max");
    return {quota_cpus(cpu.first, cpu.second), read_numbers(group + "/memory.max").first};
}

CgroupLimits limits_v1(const std::string& group) {
    constexpr std::int64_t unlimited = std::int64_t{1} << 60;
    std::int64_t memory = read_numbers(group + "/memory.limit_in_bytes").first;
    return {quota_cpus(read_numbers(group + "/cpu.cfs_quota_us").first,
                       read_numbers(group + "/cpu.cfs_period_us").first),
            memory < unlimited ? memory : 0};
}

// From the group up to the mount: an allocation's limit often sits some levels above its tasks.
template <class Read>
void tighten_upwards(CgroupLimits& limits, const std::string& mount, std::string path, Read read) {
    for (;;) {
        while (!path.empty() && path.back() == '/') path.pop_back();
        CgroupLimits here = read(mount + path);
        limits.cpus = smaller_limit(limits.cpus, here.cpus);
        limits.memory = smaller_limit(limits.memory, here.memory);
        if (path.empty()) return;
        path.erase(std::min(path.rfind('/'), path.size()));
    }
}

bool all_digits(const char* text) {
    return *text && std::strspn(text, "0123456789") == std::strlen(text);
}

}  // namespace

CgroupLimits read_cgroup_limits(const std::string& proc_cgroup, const std::string& mount) {
    CgroupLimits limits;
    std::istringstream in(proc_cgroup);
    for (std::string line; std::getline(in, line);) {  // "4:cpu,cpuacct:/path", "0::/path"
        std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (first == line.npos || second == line.npos) continue;
        std::string controllers = line.substr(first + 1, second - first - 1), path = line.substr(second + 1);
        if (controllers.empty()) {
            tighten_upwards(limits, mount, path, limits_v2);
            tighten_upwards(limits, mount + "/unified", path, limits_v2);
        } else {
            tighten_upwards(limits, mount + "/" + controllers, path, limits_v1);
        }
    }
    return limits;
}

std::vector<std::string> find_gpus(const char* visible, const std::string& dev) {
    std::vector<std::string> ids;
    if (visible) {
        std::istringstream in(visible);
        // As CUDA does, an invalid entry hides those after it.
        for (std::string id;
             std::getline(in, id, ',') && !id.empty() && id[0] != '-' && id != "NoDevFiles";) {
            ids.push_back(id);
        }
        return ids;
    }
    std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(dev.c_str()), ::closedir);
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
        if (std::strncmp(entry->d_name, "nvidia", 6) == 0 && all_digits(entry->d_name + 6)) {
            ids.push_back(std::to_string(ids.size()));
        }
    }
    return ids;
}

namespace {

int affinity_cpus() {
    auto own = static_cast<int>(own_cpus().size());
    return own > 0 ? own : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

CgroupLimits own_limits() {
    std::string text;
    if (!read_small_file("/proc/self/cgroup", text)) return {};
    return read_cgroup_limits(text, "/sys/fs/cgroup");
}

}  // namespace

int available_cpus() {
    return std::max(1, smaller_limit(affinity_cpus(), own_limits().cpus));
}

std::int64_t available_memory() {
    std::int64_t total = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
    return smaller_limit(total, own_limits().memory);
}

}  // namespace tw
