// One metric of one trial's metrics.jsonl, read as the file grows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ports/filesystem.hpp"
#include "records/documents.hpp"

namespace tw {

struct MetricNews {
    std::vector<Measured> points;  // in the file's order; lines without the metric are left out
    bool anew = false;             // the file was truncated or replaced: this is all that there is now
    std::int64_t lines = 0;        // that are metrics, of any name
    std::int64_t skipped = 0;      // that are none
};

// No more of the file is held in memory than `metrics_chunk`, and a line that is longer ends the reading.
inline constexpr std::int64_t metrics_chunk = 1 << 20;

class MetricsTail {
public:
    // What was appended since the last call; a last line without newline waits. After an error the next
    // call goes on where this one stopped.
    Result<MetricNews> read(FileSystem& fs, const std::string& path, const std::string& metric);

private:
    // More may follow.
    Result<bool> read_chunk(FileSystem& fs, const std::string& path, const std::string& metric,
                            MetricNews& news);

    std::int64_t offset_ = 0;
    std::string before_;  // the last bytes before the offset: in another file they are others
};

}  // namespace tw
