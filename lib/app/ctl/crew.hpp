// The programs that `run` and `try` start, and what became of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/ctl/context.hpp"

namespace tw {

// What the programs say goes here, one after the other.
inline const std::string run_log = ".trialwatch/run.log";

class Crew {
public:
    Crew(CtlContext& context, FileSystem& fs);

    // Starts a program that lies beside trialctl, in a session of its own.
    Status start(const std::string& program, std::vector<std::string> arguments);

    void collect();  // exit statuses of those that ended
    bool alive(const std::string& program) const;
    bool any_alive() const;
    std::optional<int> status(const std::string& program) const;  // nothing: not started, or alive

    void signal(const std::string& program, int number);
    void signal_all(int number);

    // What was logged since the start, its last lines.
    std::string last_words(std::size_t lines = 10) const;

private:
    struct Member {
        std::string program;
        ProcessId id;
        std::optional<int> status;
    };

    CtlContext& context_;
    FileSystem& fs_;
    std::int64_t log_begin_ = 0;
    std::vector<Member> members_;
};

// .trialwatch, where the log goes: the first start of an experiment has none yet.
Status make_private_directory(FileSystem& fs);

// "a watcher runs already", as an error; nothing if none lives.
std::optional<Error> running_already(FileSystem& fs, const ExperimentView& view);

}  // namespace tw
