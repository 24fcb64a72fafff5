// How trials end where no watcher ever ran: by result.json. protocol/04-documents.md.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "ports/filesystem.hpp"
#include "records/documents.hpp"

namespace tw {

// Half a document is awaited: nothing. A whole one that cannot be used fails the trial, as under a watcher.
// The outcome has no seq.
std::optional<Outcome> judge_unwatched(FileSystem& fs, const TrialId& id,
                                       const std::vector<Objective>& objectives,
                                       const std::vector<OutcomeConstraint>& constraints);

}  // namespace tw
