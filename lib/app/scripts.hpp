// Copies of the experiment's scripts, one folder per set of contents: what a trial started with is what
// all its stages run, also while the user edits.
#pragma once

#include <string>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/experiment.hpp"

namespace tw {

// "path=content hash" of each script. The error names a script that is not there.
Result<std::vector<std::string>> hash_scripts(FileSystem& fs, const Experiment& experiment);

// Makes .trialwatch/scripts/<hash of the list>/ if it is not there: the scripts themselves, and a
// symbolic link to everything else that lies beside them, so that `$(dirname "$0")/model.py` is found. It is
// durable when this returns: the record of the revision names it.
Status snapshot_scripts(FileSystem& fs, const std::vector<std::string>& scripts, const std::string& nonce);

// Where `script` ("train.sh") of that set is. Scripts too large to copy run in place.
std::string script_path(const std::vector<std::string>& scripts, const std::string& script);

// Larger ones are run in place.
inline constexpr std::int64_t script_limit = 64 << 20;

}  // namespace tw
