// The goal of a search that outlasts the command line: protocol/04-documents.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/filesystem.hpp"
#include "records/goal.hpp"

namespace tw {

Result<std::optional<Goal>> newest_goal(FileSystem& fs);

// For who holds the optimizer's role in `epoch`, once. Removes the goals of epochs before.
Status publish_goal(FileSystem& fs, std::int64_t epoch, const Goal& goal, const std::string& nonce);

}  // namespace tw
