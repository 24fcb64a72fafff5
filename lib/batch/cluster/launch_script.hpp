// The shell script of one group: what element n of the array runs.
//
// Everything that comes from users (parameters, paths, environment) is in this file and nowhere else, quoted for the
// shell: no submit file or command line of a batch system has to carry it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batch/scheduler.hpp"

namespace tw {

// `/bin/sh SCRIPT INDEX` exports the environment of the task with that index, redirects its output and becomes its
// wrapper. An index that is not there does nothing and leaves with 0. `indexes` goes with request.tasks.
// `env_file`: a shell file that is read first; the job is not started where it cannot be. "": none.
std::string launch_script(const JobRequest& request, const std::vector<std::int64_t>& indexes, const std::string& env_file);

}  // namespace tw
