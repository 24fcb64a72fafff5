// Trials of earlier experiments that a search began with: .trialwatch/optimizer/imported.<hash>,
// protocol/07, 7.10.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/trial_record.hpp"

namespace tw {

struct ImportedTrial {
    std::string from;  // the directory, as experiment.json names it
    RecordedTrial trial;
};

// Of one list of directories: there is one file for each list, which never changes.
std::string import_path(const std::vector<std::string>& directories);

// Whole and synced; Code::exists if there is one.
Status publish_import(FileSystem& fs, const std::string& path, const std::vector<ImportedTrial>& trials,
                      const std::string& nonce);

// Nothing where there is none. One that is damaged is an error: what was proposed depends on all of it.
Result<std::optional<std::vector<ImportedTrial>>> read_import(FileSystem& fs, const std::string& path);

}  // namespace tw
