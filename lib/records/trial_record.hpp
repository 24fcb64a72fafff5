// Ended trials in one file, so that an optimizer need not open thousands to begin: protocol/04, "the record".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "records/documents.hpp"

namespace tw {

// Of the config: parameters and proposal. Of the outcome: seq, state, values, kind and time.
struct RecordedTrial {
    TrialId id;
    Config config;
    Outcome outcome;
};

// One line, with its newline.
std::string write_recorded(const RecordedTrial& trial);

// A line that cannot be read is left out: whatever is missing is read from the trial's directory.
std::vector<RecordedTrial> read_recorded(std::string_view text);

}  // namespace tw
