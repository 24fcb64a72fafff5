#include "batch/local_slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/counted.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

constexpr int whole_gpu = 1000;

Status too_much(const std::string& needs, const std::string& has) {
    return fail(Code::refused, fmt::format("needs {}, this machine has {}", needs, has));
}

}  // namespace

Slots::Slots(int cpus, std::int64_t memory, std::vector<std::string> gpus, CpuMap map)
    : cpus_(cpus),
      free_cpus_(cpus),
      memory_(memory),
      free_memory_(memory),
      gpus_(std::move(gpus)),
      used_(gpus_.size(), 0),
      map_(std::move(map)) {
}

SlotShare Slots::share_of(const Resources& resources) {
    SlotShare share;
    std::int64_t cpus = std::int64_t{std::max(1, resources.cpus)} * std::max(1, resources.ranks);
    share.cpus = static_cast<int>(std::min<std::int64_t>(cpus, std::numeric_limits<int>::max()));
    share.memory = std::max<std::int64_t>(0, resources.memory);
    share.gpus = std::max(0, resources.gpus);
    share.gpu_share = share.gpus == 1 ? std::clamp(resources.gpu_share, 1, whole_gpu) : whole_gpu;
    return share;
}

Status Slots::possible(const Resources& resources) const {
    SlotShare share = share_of(resources);
    int gpus = static_cast<int>(gpus_.size());
    if (resources.nodes > 1) return too_much(counted(resources.nodes, "node"), "1");
    if (share.cpus > cpus_) return too_much(counted(share.cpus, "CPU"), std::to_string(cpus_));
    if (share.gpus > gpus) return too_much(counted(share.gpus, "GPU"), std::to_string(gpus));
    if (share.memory > memory_) {
        return too_much(format_bytes(share.memory) + " of memory", format_bytes(memory_));
    }
    return {};
}

// Parts of one GPU lie on one.
int Slots::fits_gpus(const SlotShare& share) const {
    if (unknown_ > 0) return 0;
    int parts = 0;
    for (int used : used_) parts += (whole_gpu - used) / share.gpu_share;
    return parts / share.gpus;
}

// The fullest that has room: whole ones stay whole.
std::vector<std::size_t> Slots::choose_devices(const SlotShare& share) const {
    std::vector<std::size_t> devices;
    for (std::size_t i = 0; i < used_.size(); ++i)
        if (used_[i] + share.gpu_share <= whole_gpu) devices.push_back(i);
    std::stable_sort(devices.begin(), devices.end(), [&](auto a, auto b) { return used_[a] > used_[b]; });
    devices.resize(std::min(devices.size(), static_cast<std::size_t>(share.gpus)));
    std::sort(devices.begin(), devices.end());
    return devices;
}

std::int64_t Slots::fits_memory(std::int64_t each) const {
    return each == 0 ? std::numeric_limits<int>::max() : free_memory_ / each;
}

int Slots::fits(const Resources& resources) const {
    SlotShare share = share_of(resources);
    std::int64_t count = std::min<std::int64_t>(free_cpus_ / share.cpus, fits_memory(share.memory));
    if (share.gpus > 0) count = std::min<std::int64_t>(count, fits_gpus(share));
    return static_cast<int>(std::max<std::int64_t>(0, count));
}

bool Slots::take(const Resources& resources, SlotShare& share) {
    if (!possible(resources) || fits(resources) < 1) return false;
    share = take_back(resources, choose_devices(share_of(resources)));
    share.cpu_ids = map_.take(share.cpus);
    return true;
}

SlotShare Slots::take_back(const Resources& resources, const std::vector<std::size_t>& devices) {
    SlotShare share = share_of(resources);
    for (std::size_t device : devices) {
        if (device < used_.size()) share.devices.push_back(device);
    }
    free_cpus_ -= share.cpus;
    free_memory_ -= share.memory;
    for (std::size_t device : share.devices) used_[device] += share.gpu_share;
    if (share.devices.size() < static_cast<std::size_t>(share.gpus)) ++unknown_;
    return share;
}

void Slots::give_back(SlotShare& share) {
    free_cpus_ += share.cpus;
    free_memory_ += share.memory;
    for (std::size_t device : share.devices) used_[device] -= share.gpu_share;
    map_.give_back(share.cpu_ids);
    if (share.devices.size() < static_cast<std::size_t>(share.gpus)) --unknown_;
    share = {};
}

std::string Slots::names(const SlotShare& share) const {
    std::vector<std::string> names;
    for (std::size_t device : share.devices) names.push_back(gpus_[device]);
    return join(names, ",");
}

}  // namespace tw
