// Any batch system that has commands for submitting, looking and cancelling: {"type": "command", "options":
// {"profile": "pbs"}}. Profiles are tables of the options below (profiles.cpp); each one can be said anew.
//
// Commands: submit, status, cancel; signal and history where there are such. They are split into words as a
// shell would, and never run by one:
//   {name}      a value, inside words and "double quotes"; 'single quotes' keep everything as it is
//   [ ... ]     is left out as a whole when a value in it is missing; it may hold parts of a word, or words
//   {ids}       as a word of its own, one word for each job; with {id} instead, the command is run for each
//   job
// Values of submit: token index array launch log directory cpus gpus nodes memory_mb seconds minutes hms
// forward queue account; of the others: ids id user. `args` of a stage or of the backend are further words,
// where {args} stands.
//
// `array_format` says how tasks are written: with {list} ("1-4,7") all in one call, else {first} {end} {step}
// for each run of them (a single one has end = first + 1 and step 2, for systems that know no array of one).
// Without it there are no arrays. `index` names the variables from which a task knows its index.
//
// Regular expressions (ECMAScript, with named groups (?<name>...)):
//   job_id      in what submit printed: id
//   line        one line of status: id, name, index, state, host. Lines of history: status too, the exit
//   status ignore      lines of status that may be something else. Any other line is an error: half an answer
//   is none queued running held ended    the whole of a state. A state that is none of them counts as running
//   absent      in what status printed, when it failed or listed nothing: there are no jobs
//   gone        in what cancel printed: the job had ended before
//   invalid busy    in what submit printed: useless to try again; too many jobs
// `element` is how a command names one task of an array, from {id} and {index}.
#pragma once

#include <memory>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"

namespace tw {

Result<std::unique_ptr<BatchSystem>> make_command(const BatchPorts& ports, const SystemSettings& settings);
Status check_command_options(const OptionTable& options);    // pointer "/options/KEY"
Status check_command_resources(const Resources& resources);  // likewise, of the stage: queue, account, args

}  // namespace tw
