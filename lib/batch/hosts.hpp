// Which hosts an allocation has, as people and batch systems write it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tw {

inline constexpr int most_hosts = 100'000;  // of one allocation

struct HostCount {
    std::string name;
    int cpus = 0;  // 0: nobody said
    bool operator==(const HostCount&) const = default;
};

// "a:18,b": each host once.
Result<std::vector<HostCount>> parse_hosts(std::string_view text);

// `names` one on a line, as `scontrol show hostnames` prints them; `cpus` as SLURM_JOB_CPUS_PER_NODE has it,
// "18(x2),4" (sbatch(1)), "": nobody said.
Result<std::vector<HostCount>> slurm_hosts(std::string_view names, std::string_view cpus);

// PBS_NODEFILE: a host stands on as many lines as it has slots. Where each stands there once that says
// nothing of its CPUs.
Result<std::vector<HostCount>> nodefile_hosts(std::string_view text);

// PE_HOSTFILE of Grid Engine, sge_pe(5): "host slots queue processors" on each line.
Result<std::vector<HostCount>> pe_hosts(std::string_view text);

// One host, whether its domain is named or not.
bool same_host(std::string_view a, std::string_view b);

}  // namespace tw
