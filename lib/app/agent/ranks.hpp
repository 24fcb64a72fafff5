// Where the ranks of a job of several hosts find their place: a file that is there as long as they may start.
// protocol/11-agents.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "batch/scheduler.hpp"

namespace tw {

struct RankPlaces {
    struct Host {
        std::string name;
        std::vector<int> cpus;            // of all ranks there; empty: they are not pinned
        std::optional<std::string> gpus;  // ids, "" for none; unset: nothing is said of them
    };
    int cpus = 1;  // of each rank
    std::vector<Host> hosts;
};
std::string write_rank_places(const RankPlaces& places);
Result<RankPlaces> read_rank_places(const std::string& text, const std::string& file);

// The host that a process is on: by the name that the host gives itself or, where no host of the job has
// that, by Slurm's name of the node in the environment. MPICH and Intel MPI hand that of the first host to
// all ranks.
const RankPlaces::Host* host_of_rank(const RankPlaces& places, const std::string& own_name,
                                     const std::vector<std::string>& environment);

// The CPUs of the `local`-th rank on a host, from 0; all of the job's where nobody knows which it is.
std::vector<int> cpus_of_rank(const RankPlaces& places, const RankPlaces::Host& host,
                              std::optional<int> local);

// Which rank of its host a process is, by what those that start ranks say: srun(1), Open MPI, MPICH, PALS.
std::optional<int> local_rank(const std::vector<std::string>& environment);

// Which job a rank is of: one word for a command line.
struct RankOf {
    std::string experiment;  // absolute
    std::string agent;       // its id
    std::string job;         // "<trial>.<key>"
};
std::string rank_word(const RankOf& rank);
std::optional<RankOf> parse_rank_word(std::string_view word);

// In the agent's folder.
std::string ranks_path(const std::string& agent, const std::string& job);
std::string hostfile_path(const std::string& agent, const std::string& job);
std::string rank_mark(const std::string& agent, const std::string& job);  // "NAME=VALUE"
std::string job_word(const JobRef& job);                                  // "<trial>.<key>"

}  // namespace tw
