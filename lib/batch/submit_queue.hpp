// The queue statement of a submit description: which items, and how often each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "batch/submit_lines.hpp"
#include "ports/filesystem.hpp"

namespace tw {

// The most jobs that one description may queue.
inline constexpr std::int64_t most_submit_items = 1000000;

// The most values of variables that one queue statement may set, all jobs together.
inline constexpr std::int64_t most_submit_values = 4000000;

// Python's [start:end:step], step above 0; [3] is [3:].
struct SubmitSlice {
    std::optional<std::int64_t> start, end;
    std::int64_t step = 1;
    bool takes(std::int64_t index, std::int64_t count) const;
};

struct SubmitQueue {
    enum class Mode { count, in, from, matching };
    enum class Which { files, dirs, any };
    std::int64_t count = 1;
    std::vector<std::string> variables;  // as written; "Item" when none was named
    Mode mode = Mode::count;
    Which which = Which::any;
    SubmitSlice slice;
    std::string rest;  // the list, patterns or file name as it stands on the queue line
};

struct SubmitQueueItem {
    std::int64_t index = 0;           // in the list before slicing
    std::vector<std::string> values;  // one for each variable
    bool is_file = false;             // `matching` found a file
};

bool is_queue_line(std::string_view line);

// What follows the word "queue", macros expanded.
Result<SubmitQueue> parse_submit_queue(std::string_view text);

// Where the list is open on the queue line, its further lines begin at lines[next]; `next` is left
// behind the line that closes it.
Result<std::vector<SubmitQueueItem>> submit_queue_items(const SubmitQueue& queue,
                                                        const std::vector<SubmitLine>& lines,
                                                        std::size_t& next, FileSystem& fs,
                                                        const std::string& directory);

}  // namespace tw
