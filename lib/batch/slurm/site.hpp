// What a site has, as sinfo and scontrol tell. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.hpp"
#include "batch/slurm/options.hpp"
#include "records/experiment.hpp"

namespace tw::slurm {

struct Partition {
    int nodes = 0, cpus = 0;            // of all nodes
    int node_cpus = 0, node_gpus = 0;   // of the largest one
    std::int64_t node_memory = 0;       // bytes
};

struct Site {
    std::map<std::string, Partition> partitions;  // empty: not known
    std::string standard;                         // the partition of those that name none
    std::int64_t array = 1000;                    // elements that an array of ours may have
};

std::vector<std::string> sinfo_argv();
void read_sinfo(const std::string& output, Site& site);

// MaxArraySize, of `scontrol show config`. 1000 where it is larger: the tags of jobs depend on this number, so it should
// not depend on whether the controller answered when trialwatch was started.
void read_config(const std::string& output, Site& site);

// The partition where such a job would go; null where it is not known, or one of several.
const Partition* partition_of(const Site& site, const Options& options);

// By its numbers alone.
Status fits(const Site& site, const Options& options, const Resources& resources);

// Nodes and their states: whether each of `nodes` ("n[1-3],m7") answers.
std::vector<std::string> node_states_argv(const std::string& nodes);
bool all_answer(const std::string& output);

}  // namespace tw::slurm
