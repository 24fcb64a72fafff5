// What a reader that owns nothing wants to know of a journal, without replaying the trials that have ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "lifecycle/ledger.hpp"
#include "ports/filesystem.hpp"

namespace tw {

struct DigestedTrial {
    std::optional<std::int64_t> ended;  // the seq of its outcome; nothing was said about it since
    std::string run;                    // who proposed it; "" a person
    std::int64_t k = -1;
};

struct JournalDigest {
    std::unordered_map<TrialId, DigestedTrial> trials;
    Ledger others;  // those that have not ended
};

// Of a segment's bytes; errors are those of read_segment() and Ledger::apply(), but for records of ended
// trials, which are not read to their ends.
Result<JournalDigest> digest_segment(const std::string& bytes, const std::string& file);

// Of the newest segment, or nothing where no watcher ever was.
Result<std::optional<JournalDigest>> read_digest(FileSystem& fs);

}  // namespace tw
