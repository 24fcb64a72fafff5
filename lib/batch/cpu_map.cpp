#include "batch/cpu_map.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace tw {

CpuMap::CpuMap(std::vector<CpuPlace> places) {
    std::sort(places.begin(), places.end(), [](auto& a, auto& b) {
        return std::tie(a.numa, a.core, a.id) < std::tie(b.numa, b.core, b.id);
    });
    for (auto& place : places) cpus_.push_back({place});
}

int CpuMap::free_in(int numa) const {
    return static_cast<int>(std::count_if(cpus_.begin(), cpus_.end(),
                                          [&](auto& cpu) { return cpu.free && cpu.place.numa == numa; }));
}

int CpuMap::free_beside(const Cpu& cpu) const {
    return static_cast<int>(std::count_if(cpus_.begin(), cpus_.end(), [&](auto& other) {
        return other.free && other.place.numa == cpu.place.numa && other.place.core == cpu.place.core;
    }));
}

// The one with the least room that is enough; where none has enough the one with the most.
int CpuMap::best_numa(int count) const {
    std::set<int> nodes;
    for (auto& cpu : cpus_)
        if (cpu.free) nodes.insert(cpu.place.numa);
    auto worse = [&](int a, int b) {
        int free_a = free_in(a), free_b = free_in(b);
        bool enough_a = free_a >= count, enough_b = free_b >= count;
        if (enough_a != enough_b) return enough_b;
        return enough_a ? free_a > free_b : free_a < free_b;
    };
    return *std::max_element(nodes.rbegin(), nodes.rend(), worse);
}

// Of the core with the most free CPUs that are all wanted; else of the one with the fewest, so that whole
// ones stay whole.
CpuMap::Cpu* CpuMap::next(int numa, int count) {
    Cpu* best = nullptr;
    auto better = [&](const Cpu& a, const Cpu& b) {
        int free_a = free_beside(a), free_b = free_beside(b);
        bool whole_a = free_a <= count, whole_b = free_b <= count;
        if (whole_a != whole_b) return whole_a;
        return whole_a ? free_a > free_b : free_a < free_b;
    };
    for (Cpu& cpu : cpus_)
        if (cpu.free && cpu.place.numa == numa && (!best || better(cpu, *best))) best = &cpu;
    return best;
}

// So many of a core's free CPUs as are wanted.
int CpuMap::take_core(const CpuPlace& core, int most, std::vector<int>& ids) {
    int taken = 0;
    for (Cpu& cpu : cpus_) {
        if (!cpu.free || taken == most || cpu.place.numa != core.numa || cpu.place.core != core.core)
            continue;
        cpu.free = false;
        ids.push_back(cpu.place.id);
        ++taken;
    }
    return taken;
}

std::vector<int> CpuMap::take(int count) {
    auto free = std::count_if(cpus_.begin(), cpus_.end(), [](auto& cpu) { return cpu.free; });
    if (count < 1 || free < count) return {};
    std::vector<int> ids;
    while (count > 0) {
        int numa = best_numa(count);
        while (count > 0 && free_in(numa) > 0) count -= take_core(next(numa, count)->place, count, ids);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

void CpuMap::give_back(const std::vector<int>& ids) {
    for (Cpu& cpu : cpus_)
        if (std::find(ids.begin(), ids.end(), cpu.place.id) != ids.end()) cpu.free = true;
}

}  // namespace tw
