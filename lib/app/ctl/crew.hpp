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

// Hands the stop requests of this process on. The first tells the crew to leave, jobs run on; where somebody
// is there to press ^C again, the second ends the jobs too.
class Interrupts {
public:
    Interrupts(CtlContext& context, Crew& crew) : context_(context), crew_(crew) {}

    void pass_on();
    bool any() const { return any_; }
    bool ending() const { return ending_; }  // the jobs too

private:
    CtlContext& context_;
    Crew& crew_;
    bool any_ = false, ending_ = false;
};

// Arguments of a trialwatch that shall wait a moment for the second of them.
std::vector<std::string> second_chance_of(const CtlContext& context);

// Before a start: refuses a moved or copied experiment, and makes .trialwatch for the log where there is
// none.
Status get_ready(FileSystem& fs);

// "a watcher runs already", as an error; nothing if none lives.
std::optional<Error> running_already(FileSystem& fs, const ExperimentView& view);

}  // namespace tw
