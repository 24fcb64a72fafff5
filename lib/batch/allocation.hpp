// The job of a batch system that this process runs in: how long it lasts, and what of this host is its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ports/commands.hpp"

namespace tw {

struct Allocation {
    std::string name;             // for people: "slurm 77"; "": none
    std::optional<Instant> ends;  // by this host's clock; unset: never, or nobody says
    int cpus = 0;                 // of this host; 0: not said
    std::int64_t memory = 0;      // bytes, of this host; 0: not said
};

// By what Slurm, HTCondor, Grid Engine and PBS put into `environment` (sbatch(1) "output environment
// variables"; condor's .job.ad; qsub(1) "environmental variables"), and where that does not say the end, by
// asking once: squeue(1), qstat(1). What cannot be found out is left unset.
Allocation find_allocation(const std::vector<std::string>& environment, Instant now, Commands& commands);

}  // namespace tw
