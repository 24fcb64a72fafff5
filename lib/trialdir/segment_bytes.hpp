// A segment of the journal, unread, for who does not want all of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ports/filesystem.hpp"
#include "records/owner.hpp"

namespace tw {

struct SegmentBytes {
    std::string bytes, file;
};

// The newest, or nothing where no watcher ever was; as read_newest() finds it.
Result<std::optional<SegmentBytes>> read_newest_bytes(FileSystem& fs);

// The owner; `at` is where the first event's frame begins. Errors are those of read_segment().
Result<Owner> read_head(const std::string& bytes, const std::string& file, std::size_t& at);

}  // namespace tw
