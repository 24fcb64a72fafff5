// Files of the optimizer's role that outlast a process: .trialwatch/optimizer/<stem><epoch>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ports/filesystem.hpp"

namespace tw {

struct EpochDocument {
    std::string path;
    std::int64_t epoch = 0;
    std::string text;
};

// Names of `stem` and ten digits, oldest first; none where there is no directory. `stem` ends in a dot.
Result<std::vector<std::string>> list_by_epoch(FileSystem& fs, const std::string& stem);

// Of the highest epoch.
Result<std::optional<EpochDocument>> newest_document(FileSystem& fs, const std::string& stem);

// For who holds the role in `epoch`. Removes those of epochs before. Code::exists if there is one of this
// epoch.
Status publish_document(FileSystem& fs, const std::string& stem, std::int64_t epoch, const std::string& text,
                        const std::string& nonce);

}  // namespace tw
