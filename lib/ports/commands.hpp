// Programs that are run to their end, for what they print: sbatch, condor_q.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tw {

struct Command {
    std::vector<std::string> argv;         // argv[0] is a path, or found in the PATH of `environment`
    std::vector<std::string> environment;  // "K=V", all of it
    std::string directory;                 // absolute; "" is the caller's
    std::string input;                     // its standard input
    Seconds timeout{30};                   // then it is killed
};

struct CommandResult {
    int status = 0;  // 0-255, or 128+n when ended by signal n
    std::string output, error;  // more than 64 MiB of output is an error, for a part may mislead; of `error` it is cut
};

class Commands {
public:
    virtual ~Commands() = default;

    // Waits for the end. An error means that nobody knows how it ended, if it began at all: Code::not_found where
    // there is no such program, else may_pass(); where it was killed with the first words of its standard error.
    virtual Result<CommandResult> run(const Command& command) = 0;
};

}  // namespace tw
