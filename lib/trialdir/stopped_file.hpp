// Why a search ended before its goal: protocol/04-documents.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/filesystem.hpp"
#include "records/stopped.hpp"

namespace tw {

// What the optimizer of `epoch` says. The word of an earlier one counts no more.
Result<std::optional<Stopped>> stopped_in(FileSystem& fs, std::int64_t epoch);

// For who holds the optimizer's role in `epoch`.
Status publish_stopped(FileSystem& fs, std::int64_t epoch, const Stopped& stopped, const std::string& nonce);
Status withdraw_stopped(FileSystem& fs, std::int64_t epoch);

}  // namespace tw
