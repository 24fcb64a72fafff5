// Reader for HTCondor submit descriptions, as far as a job script is likely to generate them.
// Source: HTCondor manual, "Submitting a Job" and condor_submit(1).
//
// Understood: executable, arguments and environment in both syntaxes, initialdir, output, error,
// universe = vanilla, macros with defaults, $F[fpdnxqb](name), every form of `queue` with slices.
// Ignored: submit_commands.cpp lists them (resources, placement, file transfer, retries, logs).
// Refused, with the line: if, include, $ENV() and other functions, $$(), standard input, items from a
// program. Other than in HTCondor a macro without a value is an error, and so is a key that is neither
// a command nor used as $(key): both are nearly always misspelt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/filesystem.hpp"

namespace tw {

// One queued job, macros expanded.
struct SubmitItem {
    std::string executable;  // relative to the trial directory unless absolute, whatever initialdir is
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // "K=V"
    std::string
        directory;  // initialdir, relative to the trial directory unless absolute; "" is the trial directory
    std::string output, error;  // relative to `directory` unless absolute; "" keeps the toolkit's log
    std::string input_name;     // the queue statement's first variable when it names a file; "" otherwise
};

struct SubmitDescription {
    std::vector<SubmitItem> items;
    std::vector<std::string> ignored;  // commands from the documented list that have no meaning here
};

// `file` is where the text was found, for messages; relative globs and `queue from FILE` are looked
// up in `directory` (a path of `fs`). Every mistake names its line. $(Cluster) is `cluster`.
Result<SubmitDescription> read_submit_description(const std::string& text, const std::string& file,
                                                  FileSystem& fs, const std::string& directory,
                                                  std::int64_t cluster);

}  // namespace tw
