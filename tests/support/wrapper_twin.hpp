// The job wrapper in C++, step for step what lib/batch/wrapper.sh does, for disks and machines that are simulated.
// tests/conformance/wrapper_test.cpp holds both to the same cases.
#pragma once

#include <functional>
#include <string>

#include "base/ids.hpp"
#include "ports/filesystem.hpp"
#include "records/event_name.hpp"

namespace tw::support {

struct WrapperArguments {
    std::string id;  // of the experiment
    TrialId trial;
    AttemptKey key;
    std::string shard;
    std::string done;  // "-": none
};

struct WrapperSite {
    Claim self;                                  // what the claim is to say
    std::function<bool()> told_to_end;           // TERM has come
    std::function<void()> entered;               // the trial directory is the current one from here on
    std::function<int(const std::function<void()>& told)> command;  // runs it; calls told() when it passes TERM on
};

// The exit status, as the shell's.
int run_wrapper(FileSystem& fs, const WrapperArguments& arguments, const WrapperSite& site);

}  // namespace tw::support
