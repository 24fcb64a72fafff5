#include "batch/host_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.hpp"

namespace tw {

namespace {

int nodes_of(const Resources& resources) {
    return std::max(1, resources.nodes);
}

CpuMap map_of(const HostSize& size) {
    bool enough = static_cast<int>(size.places.size()) >= size.cpus;
    return enough ? CpuMap(size.places) : CpuMap();
}

}  // namespace

HostBook::HostBook(std::vector<HostSize> hosts) {
    for (HostSize& size : hosts) {
        Slots slots(size.cpus, size.memory, size.gpus, map_of(size));
        hosts_.push_back({std::move(size), std::move(slots)});
    }
}

Resources HostBook::part_of(const Resources& resources) {
    Resources part = resources;
    int nodes = nodes_of(resources), ranks = std::max(nodes, resources.ranks);
    part.nodes = 1;
    part.ranks = ranks / nodes + (ranks % nodes > 0 ? 1 : 0);
    return part;
}

Status HostBook::possible(const Resources& resources) const {
    Resources part = part_of(resources);
    Status why;
    int able = 0;
    for (const Host& host : hosts_) {
        Status here = host.slots.possible(part);
        if (host.closed) here = fail(Code::refused, "its host is gone");
        here ? void(++able) : void(why = here);
    }
    if (able >= nodes_of(resources)) return {};
    if (nodes_of(resources) == 1) return why;
    return fail(Code::refused,
                fmt::format("needs {} with {} each, and here {}", counted(resources.nodes, "host"),
                            counted(Slots::share_of(part).cpus, "CPU"),
                            able == 1 ? "is 1" : fmt::format("are {}", able)));
}

int HostBook::fits(const Resources& resources) const {
    Resources part = part_of(resources);
    int parts = 0;
    for (const Host& host : hosts_) {
        int here = host.closed || !host.slots.possible(part) ? 0 : host.slots.fits(part);
        parts += nodes_of(resources) == 1 ? here : std::min(here, 1);
    }
    return parts / nodes_of(resources);
}

std::vector<HostShare> HostBook::take(const Resources& resources) {
    if (fits(resources) < 1) return {};
    Resources part = part_of(resources);
    std::vector<std::pair<int, std::size_t>> open;  // free CPUs, host
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        if (!hosts_[i].closed && hosts_[i].slots.possible(part) && hosts_[i].slots.fits(part) > 0)
            open.emplace_back(hosts_[i].slots.fits({}), i);
    std::sort(open.begin(), open.end());
    std::vector<HostShare> shares;
    for (auto& [free, host] : open) {
        if (static_cast<int>(shares.size()) == nodes_of(resources)) break;
        shares.push_back({host, {}});
        (void)hosts_[host].slots.take(part, shares.back().share);
    }
    std::sort(shares.begin(), shares.end(), [](auto& a, auto& b) { return a.host < b.host; });
    return shares;
}

void HostBook::give_back(std::vector<HostShare>& shares) {
    for (HostShare& share : shares) hosts_[share.host].slots.give_back(share.share);
    shares.clear();
}

int HostBook::cpus() const {
    int sum = 0;
    for (const Host& host : hosts_) sum += host.size.cpus;
    return sum;
}

}  // namespace tw
