// What of this machine is taken. Pure bookkeeping.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "batch/cpu_map.hpp"
#include "records/experiment.hpp"

namespace tw {

// What one job holds while it runs.
struct SlotShare {
    int cpus = 0;
    std::int64_t memory = 0;
    int gpus = 0;
    int gpu_share = 1000;              // thousandths of each of them
    std::vector<std::size_t> devices;  // positions in the machine's list; may be unknown for adopted jobs
    std::vector<int> cpu_ids;          // where it is pinned to some
};

class Slots {
public:
    // `map`: which CPUs jobs are pinned to; without places they are not.
    Slots(int cpus, std::int64_t memory, std::vector<std::string> gpus, CpuMap map = {});

    // CPUs of one task: `cpus` for each of its ranks, at least one.
    static SlotShare share_of(const Resources& resources);

    Status possible(const Resources& resources) const;
    int fits(const Resources& resources) const;  // how many of this size fit beside what is taken

    // Takes a share with devices of its own. False, and nothing taken, if it does not fit.
    bool take(const Resources& resources, SlotShare& share);

    // Takes what a job of an earlier watcher holds, even if that is more than is free. `devices` as
    // that watcher had given them; while any such job's are unknown no GPU is given away.
    SlotShare take_back(const Resources& resources, const std::vector<std::size_t>& devices);

    void give_back(SlotShare& share);  // and empties it

    int cpus() const { return cpus_; }
    bool has_gpus() const { return !gpus_.empty(); }
    std::string names(const SlotShare& share) const;  // "0,1", for CUDA_VISIBLE_DEVICES

private:
    int fits_gpus(const SlotShare& share) const;
    std::vector<std::size_t> choose_devices(const SlotShare& share) const;
    std::int64_t fits_memory(std::int64_t each) const;

    int cpus_, free_cpus_;
    std::int64_t memory_, free_memory_;
    std::vector<std::string> gpus_;
    std::vector<int> used_;   // thousandths of each GPU
    CpuMap map_;
    int unknown_ = 0;         // running jobs with GPUs that nobody can name
};

}  // namespace tw
