// How much of the host this process may use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tw {

// Limits of the process's own control groups and of every group above them, v1 and v2.
// `proc_cgroup` is the text of /proc/self/cgroup, `mount` the directory of the cgroup filesystems.
struct CgroupLimits {
    int cpus = 0;             // quota rounded up; 0: unlimited
    std::int64_t memory = 0;  // bytes; 0: unlimited
};
CgroupLimits read_cgroup_limits(const std::string& proc_cgroup, const std::string& mount);

// CUDA_VISIBLE_DEVICES if set (null: not set), else "0", "1", ... for each nvidia device in `dev`.
std::vector<std::string> find_gpus(const char* visible, const std::string& dev);

int available_cpus();
std::int64_t available_memory();

}  // namespace tw
