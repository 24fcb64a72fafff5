// Slurm as a batch system: sbatch, squeue, scancel; sacct or a jobcomp file for what squeue has forgotten.
//
// Options of its own: `throttle` (running elements of one array), `gpus_as` ("gres": --gres=gpu:N of each node, or
// "gpus": --gpus=N of the job), `gpu_type`, and for the backend alone `jobcomp` (path of a jobcomp/filetxt file).
// Every other one is a long option of sbatch: {"partition": "gpu", "exclusive": "true"}; those of a stage win, and
// "false" takes one of the backend's away. What trialwatch says itself (--array, --output, --time ...) is refused.
#pragma once

#include <memory>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"

namespace tw {

// Runs `sinfo` and `scontrol show config`; where they do not answer, nothing is held to be impossible. Code::invalid
// with Error::pointer "/options/KEY" for a wrong option.
Result<std::unique_ptr<BatchSystem>> make_slurm(const BatchPorts& ports, const SystemSettings& settings);

// The backend's options, as make_slurm reads them.
Status check_slurm_options(const OptionTable& options);

// May such resources be asked for? Their own options included: pointer "/options/KEY".
Status check_slurm_resources(const Resources& resources);

}  // namespace tw
