// Documents of the optimizer's role that outlast a process: .trialwatch/optimizer/<stem><epoch>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ports/filesystem.hpp"

namespace tw {

struct EpochDocument {
    std::string path;
    std::int64_t epoch = 0;
    std::string text;
};

// Of the highest epoch. `stem` ends in a dot.
Result<std::optional<EpochDocument>> newest_document(FileSystem& fs, const std::string& stem);

// For who holds the role in `epoch`. Removes those of epochs before. Code::exists if there is one of this
// epoch.
Status publish_document(FileSystem& fs, const std::string& stem, std::int64_t epoch, const std::string& text,
                        const std::string& nonce);

}  // namespace tw
