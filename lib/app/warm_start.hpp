// Trials of earlier experiments for the sampler to know before its first proposal.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "trialdir/import_file.hpp"

namespace tw {

// Opens a directory outside of the experiment.
using DirectoryOpener = std::function<Result<std::unique_ptr<FileSystem>>(const std::string& directory)>;

// The complete trials of one experiment, in the order of their endings. The error names the directory.
Result<std::vector<ImportedTrial>> earlier_trials(FileSystem& own, const DirectoryOpener& open,
                                                  const std::string& directory);

// The complete trials of these experiments, as they were when they were first asked for: that is written
// down, and the same from then on, whatever becomes of the experiments. For the holder of the optimizer's
// role.
Result<std::vector<ImportedTrial>> import_trials(Ports ports, const DirectoryOpener& open,
                                                 const std::vector<std::string>& directories,
                                                 const std::string& nonce);

}  // namespace tw
