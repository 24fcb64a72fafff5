// Slurm's job states (squeue(1), JOB STATE CODES; sacct(1)) in the toolkit's terms.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "batch/scheduler.hpp"

namespace tw::slurm {

// How a job in this final state ended; nothing where it has not. "CANCELLED by 1000" is sacct's way. `exit`: "7:0",
// the status and the signal, where it is known. `confirmed` is set where the job's own daemon told of its end, and not
// where the controller ended it: whether its nodes still answer must be looked up then (was_killed).
std::optional<JobEnd> end_of(std::string_view state, std::string_view reason, std::string_view exit);
bool was_killed(const JobEnd& end);

// Of a job that has not ended. A state that is not known here is "running": whatever it is, the job is there.
JobState state_of(std::string_view state, std::string_view reason);

}  // namespace tw::slurm
