// Follows a file that others append to, by whole events, over restarts.
//
// What is remembered over restarts is not how far was read but where the first event begins that is still
// needed (the mark): the state of jobs is made anew by reading from there. So there is nothing that could
// differ from the log, and a lost or old mark costs no more than reading again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batch/htcondor/read_events.hpp"
#include "ports/filesystem.hpp"

namespace tw {

class LogTail {
public:
    // `path` relative to the root of `fs`; the mark stands beside it, as "PATH.mark". One owner at a time.
    LogTail(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}

    struct News {
        std::vector<EventsRead::Entry> events;  // `at`: where in the file
        bool anew = false;                      // the file is another one: everything is told again
    };

    // Code::not_found where there is no file. After an error nothing is lost: the next call tells it.
    Result<News> read();

    // Nothing before `offset` will be needed again.
    void keep_from(std::int64_t offset);

    std::int64_t offset() const { return offset_; }

private:
    void start(std::uint64_t inode);
    Result<bool> read_chunk();

    FileSystem& fs_;
    std::string path_;
    std::uint64_t inode_ = 0;  // 0: not read yet
    std::int64_t offset_ = 0;
    std::int64_t kept_ = 0;  // as the mark says
    News news_;              // read and not told yet
};

}  // namespace tw
