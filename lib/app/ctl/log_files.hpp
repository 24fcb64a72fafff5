// The logs of a trial: logs/<stage>.<attempt>.out and .err, arrays logs/<stage>.<task>.<attempt>.out and
// .err.
#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "ports/filesystem.hpp"

namespace tw {

struct LogFile {
    std::string name;  // in logs/
    std::string stage;
    std::int64_t task = 0, attempt = 0, newest = 0;  // newest: the task's last attempt that has logs
    bool error = false;
};

std::optional<LogFile> parse_log_name(const std::string& name);

struct LogFilter {
    std::string stage;  // "": all
    std::optional<std::int64_t> task, attempt;
    bool every_attempt = false;  // else the newest of each task, where `attempt` does not say which
};

// `newest` is filled in, and every attempt is listed. In the order in which they were begun, as far as names
// tell: `stages` in order, then attempt, task.
Result<std::vector<LogFile>> list_logs(FileSystem& fs, const std::string& trial_directory,
                                       const std::vector<std::string>& stages, const LogFilter& filter);

// Hands out what was added to the logs since it was last asked.
class LogReader {
public:
    LogReader(FileSystem& fs, std::string trial_directory, std::vector<std::string> stages, LogFilter filter)
        : fs_(fs),
          directory_(std::move(trial_directory)),
          stages_(std::move(stages)),
          filter_(std::move(filter)) {}

    // Writes a header when the file is another one than before, then its new bytes. false: nothing new.
    Result<bool> print(std::ostream& out);

private:
    bool wanted(const LogFile& file) const;
    bool print_file(const LogFile& file, std::ostream& out);

    FileSystem& fs_;
    std::string directory_;
    std::vector<std::string> stages_;
    LogFilter filter_;
    std::map<std::string, std::int64_t> offsets_;
    std::string last_;
    bool at_line_start_ = true;
};

}  // namespace tw
