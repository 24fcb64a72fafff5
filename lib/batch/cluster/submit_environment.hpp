// What of a watcher's environment goes along with a job. By name: a value is never written by us.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

// For a submit command: what such a command needs, variables that begin with one of `own`, and what jobs
// shall have. A system that gives its jobs all it sees then gives nothing away.
std::vector<std::string> submit_environment(const std::vector<std::string>& environment,
                                            const std::vector<std::string>& forward,
                                            const std::vector<std::string>& own);

// A name that a shell takes: POSIX.1, 3.230.
bool is_variable(std::string_view name);

// The names of `forward` that are set.
std::vector<std::string> forwarded_names(const std::vector<std::string>& environment,
                                         const std::vector<std::string>& forward);

}  // namespace tw
