// The job wrapper: a POSIX shell script of builtins that claims an attempt, runs the script and
// posts how it ended. Source: lib/batch/wrapper.sh, embedded at build time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace tw {

std::string_view wrapper_text();

// "wrap-<content hash>": a changed wrapper gets a new name, so that no running job's is rewritten.
std::string wrapper_name();

// sh WRAPPER EXPERIMENT ID TRIAL KEY SHARD DONE COMMAND [ARG...]
//   EXPERIMENT  absolute path of the experiment directory
//   ID          the experiment's id; compared with .trialwatch/id before anything else
//   TRIAL       trial id; "@before" and "@after" live in .trialwatch/once/{before,after}
//   KEY         AttemptKey::name(): "<incarnation>.<stage>.<task>.<attempt>"
//   SHARD       spool directory, "00".."15"
//   DONE        the marker relative to the trial directory, or "-" for none
std::vector<std::string> wrapper_argv(const std::string& experiment, const std::string& id,
                                      const TrialId& trial, const AttemptKey& key, const std::string& done,
                                      const std::vector<std::string>& command);

}  // namespace tw
