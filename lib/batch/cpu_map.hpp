// Which CPUs jobs are pinned to: near to each other, and never two jobs on one. Pure bookkeeping.
#pragma once

#include <vector>

#include "ports/process.hpp"

namespace tw {

class CpuMap {
public:
    CpuMap() = default;  // nothing is pinned
    explicit CpuMap(std::vector<CpuPlace> places);

    // Ids, ascending: in the NUMA node that they fill best, of whole cores where that comes out even. None
    // where fewer are free: such a job is not pinned.
    std::vector<int> take(int count);
    void give_back(const std::vector<int>& ids);

private:
    struct Cpu {
        CpuPlace place;
        bool free = true;
    };
    int free_in(int numa) const;
    int free_beside(const Cpu& cpu) const;  // of its core, itself included
    int best_numa(int count) const;
    Cpu* next(int numa, int count);
    int take_core(const CpuPlace& core, int most, std::vector<int>& ids);

    std::vector<Cpu> cpus_;
};

}  // namespace tw
