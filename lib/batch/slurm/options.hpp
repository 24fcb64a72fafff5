// What experiment.json says for Slurm: a few options of our own, and long options of sbatch.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_ports.hpp"

namespace tw::slurm {

struct Options {
    OptionTable flags;         // long options of sbatch; "true": without a value
    int throttle = 0;          // elements of one array that may run at once; 0: as many as fit
    bool gpus_of_job = false;  // --gpus, which needs select/cons_tres, instead of --gres
    std::string gpu_type;
    std::string jobcomp;       // absolute; ""
};

// The backend's options, and over them those of one stage, which may have all but `jobcomp`. Code::invalid with the
// pointer "/options/KEY".
Result<Options> read_options(const OptionTable& backend, const OptionTable& stage = {});

}  // namespace tw::slurm
