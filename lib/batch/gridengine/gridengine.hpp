// Grid Engine (Sun, Son of, Open, Altair): qsub, qstat -xml, qacct, qdel. Measured with 8.1.9.
//
// A job is found by its name, which is the token, and its task number; ids are only a help. What was met:
//   - A job that leaves with 99 is run again although it was submitted with -r n, one that leaves with 100
//   goes into the
//     error state. The batch script turns both into 1; the wrapper's event tells the true status.
//   - qdel kills, and may be told to warn before: see batch_script.hpp.
//   - A job that cannot start (no such directory) is no failure but waits for ever in the state Eqw.
//   - A job that was deleted while it waited leaves no record; other records come up to 15 s after qstat
//   forgot the job.
#pragma once

#include <memory>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"

namespace tw {

// Asks once how many slots there are; a cluster that does not answer is no error. Code::invalid with the
// pointer
// "/options/KEY" for an option that cannot be used.
Result<std::unique_ptr<BatchSystem>> make_gridengine(const BatchPorts& ports, const SystemSettings& settings);

// Whether the backend's own options can be used, whatever the cluster is. Pure.
Status check_gridengine_options(const OptionTable& options);

// Whether such resources may be asked for, their options included, whatever the cluster is. Pure.
Status check_gridengine_resources(const Resources& resources);

}  // namespace tw
