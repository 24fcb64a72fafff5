// Where the CPUs of this host lie, as the kernel tells it (Documentation/admin-guide/cputopology.rst).
#pragma once

#include <string>
#include <vector>

#include "ports/process.hpp"

namespace tw {

// "0-3,8,10-11"; what cannot be read ends it. At most 65536 numbers.
std::vector<int> parse_cpu_list(const std::string& text);

// Of the CPUs `ids`. `system` is the directory that holds cpu/ and node/ ("/sys/devices/system"). What is not
// told there is taken for a core of its own, in node 0. Cores are numbered over the whole machine.
std::vector<CpuPlace> read_cpu_places(const std::vector<int>& ids, const std::string& system);

// Those that this process may run on (sched_getaffinity(2)); empty where nobody knows.
std::vector<int> own_cpus();

// Confines this thread, and what it starts, to these CPUs until it is destroyed. Does nothing for none, or
// where the kernel refuses.
class Confined {
public:
    explicit Confined(const std::vector<int>& ids);
    ~Confined();
    Confined(const Confined&) = delete;
    Confined& operator=(const Confined&) = delete;

private:
    std::vector<int> before_;
};

}  // namespace tw
