#include "batch/local_slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/counted.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

Status too_much(const std::string& needs, const std::string& has) {
    return fail(Code::refused, fmt::format("needs {}, this machine has {}", needs, has));
}

}  // namespace

Slots::Slots(int cpus, std::int64_t memory, std::vector<std::string> gpus)
    : cpus_(cpus),
      free_cpus_(cpus),
      memory_(memory),
      free_memory_(memory),
      gpus_(std::move(gpus)),
      users_(gpus_.size(), 0) {
}

SlotShare Slots::share_of(const Resources& resources) {
    SlotShare share;
    std::int64_t cpus = std::int64_t{std::max(1, resources.cpus)} * std::max(1, resources.ranks);
    share.cpus = static_cast<int>(std::min<std::int64_t>(cpus, std::numeric_limits<int>::max()));
    share.memory = std::max<std::int64_t>(0, resources.memory);
    share.gpus = std::max(0, resources.gpus);
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

int Slots::free_gpus() const {
    if (unknown_ > 0) return 0;
    return static_cast<int>(std::count(users_.begin(), users_.end(), 0));
}

std::int64_t Slots::fits_memory(std::int64_t each) const {
    return each == 0 ? std::numeric_limits<int>::max() : free_memory_ / each;
}

int Slots::fits(const Resources& resources) const {
    SlotShare share = share_of(resources);
    std::int64_t count = std::min<std::int64_t>(free_cpus_ / share.cpus, fits_memory(share.memory));
    if (share.gpus > 0) count = std::min<std::int64_t>(count, free_gpus() / share.gpus);
    return static_cast<int>(std::max<std::int64_t>(0, count));
}

bool Slots::take(const Resources& resources, SlotShare& share) {
    if (!possible(resources) || fits(resources) < 1) return false;
    std::vector<std::size_t> devices;
    std::size_t wanted = static_cast<std::size_t>(std::max(0, resources.gpus));
    for (std::size_t i = 0; i < users_.size() && devices.size() < wanted; ++i) {
        if (users_[i] == 0) devices.push_back(i);
    }
    share = take_back(resources, devices);
    return true;
}

SlotShare Slots::take_back(const Resources& resources, const std::vector<std::size_t>& devices) {
    SlotShare share = share_of(resources);
    for (std::size_t device : devices) {
        if (device < users_.size()) share.devices.push_back(device);
    }
    free_cpus_ -= share.cpus;
    free_memory_ -= share.memory;
    for (std::size_t device : share.devices) ++users_[device];
    if (share.devices.size() < static_cast<std::size_t>(share.gpus)) ++unknown_;
    return share;
}

void Slots::give_back(SlotShare& share) {
    free_cpus_ += share.cpus;
    free_memory_ += share.memory;
    for (std::size_t device : share.devices) --users_[device];
    if (share.devices.size() < static_cast<std::size_t>(share.gpus)) --unknown_;
    share = {};
}

std::string Slots::names(const SlotShare& share) const {
    std::vector<std::string> names;
    for (std::size_t device : share.devices) names.push_back(gpus_[device]);
    return join(names, ",");
}

}  // namespace tw
