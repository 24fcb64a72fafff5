// One ended trial in the optimizer's record, so that it need not open thousands of files to begin:
// protocol/07, 7.9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "records/packed_config.hpp"

namespace tw {

struct RecordedTrial {
    TrialId id;
    std::uint64_t inode = 0;  // of its directory, with the time that it had before the files in it were read
    Instant modified{};
    bool owned = false;    // its config.json was seen to belong to the experiment's owner
    bool alone = false;    // ended by its result.json, where no watcher ever ran; seq is 0
    bool reports = false;  // it has a metrics.jsonl
    PackedConfig config;
    Outcome outcome;
};

std::string write_recorded(const RecordedTrial& trial);

// Of bytes that write_recorded() gave, the trial; of others anything.
std::string_view recorded_id(std::string_view bytes);

// Any bytes; nothing if they are not what is written above, to the last one.
std::optional<RecordedTrial> read_recorded(std::string_view bytes);

}  // namespace tw
