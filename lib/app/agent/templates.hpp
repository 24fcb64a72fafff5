// The command lines by which an agent of several hosts reaches them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "batch/command/words.hpp"

namespace tw {

// What starts the ranks of one job.
struct RanksPlace {
    std::vector<std::string> hosts;
    int ranks = 1, per_host = 1, cpus = 1;  // in all; at most on each host; for each of them
    int gpus = 0;                           // of each host
    std::string hostfile;                   // a line for each place of a rank
};

class LaunchTemplates {
public:
    // "" is the standard one: srun(1) in an allocation of Slurm, else ssh(1) and mpiexec. Places are {host}
    // in `remote`, and {hosts} {slots} {hostfile} {nodes} {ranks} {per_host} {cpus} {gpus} in `mpiexec`.
    // Code::usage where a template cannot be read.
    static Result<LaunchTemplates> read(const std::string& remote, const std::string& mpiexec, bool slurm);

    // `words` as a program on that host.
    std::vector<std::string> remote(const std::string& host, const std::vector<std::string>& words) const;

    // For a shell that splits at blanks: no word of it has one. What starts the ranks is the last.
    std::string mpiexec(const RanksPlace& place, const std::vector<std::string>& rank) const;
    bool wants_hostfile() const { return mpiexec_.mentions("hostfile"); }

private:
    LaunchTemplates(command::CommandWords remote, command::CommandWords mpiexec)
        : remote_(std::move(remote)), mpiexec_(std::move(mpiexec)) {}

    command::CommandWords remote_, mpiexec_;
};

// A path as a word that no shell splits or expands, and back: what is not plain becomes %XX.
std::string plain_word(std::string_view text);
std::string from_plain_word(std::string_view word);

}  // namespace tw
