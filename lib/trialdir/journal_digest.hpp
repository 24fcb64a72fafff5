// What a reader that owns nothing wants to know of a journal, without replaying the trials that have ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "lifecycle/ledger.hpp"
#include "ports/filesystem.hpp"

namespace tw {

struct JournalDigest {
    std::unordered_map<TrialId, std::int64_t>
        ended;  // the seq of its outcome; of a trial that nothing was said about since
    std::unordered_map<TrialId, std::pair<std::string, std::int64_t>>
        proposals;  // run and k, of all that have a run
    Ledger others;  // the trials that are not in `ended`
};

// Of a segment's bytes; errors are those of read_segment() and Ledger::apply(), but for records of ended
// trials, which are not read to their ends.
Result<JournalDigest> digest_segment(const std::string& bytes, const std::string& file);

// Of the newest segment, or nothing where no watcher ever was.
Result<std::optional<JournalDigest>> read_digest(FileSystem& fs);

}  // namespace tw
