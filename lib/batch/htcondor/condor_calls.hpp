// HTCondor's commands, and what their failures mean.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"
#include "batch/htcondor/job_book.hpp"

namespace tw {

class CondorCalls {
public:
    // `bin`: directory of the commands; "": they are found in PATH. `forward`: what jobs get of our environment; a
    // submit file that says "getenv = true" or $ENV(NAME) gets no more.
    CondorCalls(const BatchPorts& ports, Seconds timeout, std::string bin, std::vector<std::string> forward)
        : ports_(ports), timeout_(timeout), bin_(std::move(bin)), forward_(std::move(forward)) {}

    // Whatever the exit status is; an error: nobody knows what was done.
    Result<CommandResult> run(const std::string& program, std::vector<std::string> arguments,
                              const std::string& input = {}, const std::string& directory = {}) const;

    // Every job that one of the constraints selects. No such job is no error.
    Status remove(const std::vector<std::string>& constraints, EndCause why) const;
    Status kill(const std::vector<std::string>& constraints) const;  // what runs; it is queued again then
    Status release(const std::vector<std::string>& constraints) const;

private:
    Status act(const std::string& program, const std::vector<std::string>& options,
               const std::vector<std::string>& constraints) const;

    BatchPorts ports_;
    Seconds timeout_;
    std::string bin_;
    std::vector<std::string> forward_;
};

// A failed command: Code::busy where there are too many jobs, Code::invalid where the submit language refuses
// what it was told, Code::io where the schedd did not answer, or not as it should.
Error condor_error(const std::string& program, const CommandResult& result);

// ClassAd expressions that select jobs, each short enough for a command line. By tag: whatever id they have,
// and with `and_factories` also the clusters that still make jobs of them. By id: only while that job still
// is of its tag.
std::vector<std::string> select_tags(const std::vector<JobTag>& tags, bool and_factories);
std::vector<std::string> select_jobs(const std::vector<const CondorJob*>& jobs);

// (x == 7 || (x >= 1 && x <= 3)); `numbers` in any order, not empty.
std::string is_one_of(const std::string& attribute, std::vector<std::int64_t> numbers);

}  // namespace tw
