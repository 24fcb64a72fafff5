// What is taken of several hosts of one allocation. Pure bookkeeping.
#pragma once

#include <string>
#include <vector>

#include "batch/local_slots.hpp"

namespace tw {

struct HostSize {
    std::string name;
    int cpus = 1;
    std::int64_t memory = 0;         // bytes
    std::vector<std::string> gpus;   // ids
    std::vector<CpuPlace> places{};  // what jobs are pinned to; empty: they are not
};

// What one job holds of one host.
struct HostShare {
    std::size_t host = 0;  // its place in the list
    SlotShare share;
};

class HostBook {
public:
    explicit HostBook(std::vector<HostSize> hosts);

    // Of a job of several hosts: what it needs of each. `cpus` are for each rank, `ranks` are in all, at
    // least one for each host, `memory` and `gpus` are for each host: as sbatch takes them. Where the ranks
    // do not come out even each host has room for one more: who starts them decides which have it.
    static Resources part_of(const Resources& resources);

    Status possible(const Resources& resources) const;  // why it could not run even if nothing was taken
    int fits(const Resources& resources) const;         // so many could start now

    // A share of each of its hosts, all different and in their order; none, and nothing taken, where it does
    // not fit. Each host is one of those that have the least room left, so that others stay whole for jobs
    // that need more.
    std::vector<HostShare> take(const Resources& resources);
    void give_back(std::vector<HostShare>& shares);  // and empties them

    // Nothing more is taken of it, until it is opened again.
    void close(std::size_t host) { hosts_[host].closed = true; }
    void open(std::size_t host) { hosts_[host].closed = false; }

    int cpus() const;  // of all
    const HostSize& size(std::size_t host) const { return hosts_[host].size; }
    std::size_t count() const { return hosts_.size(); }
    std::string gpu_names(const HostShare& share) const {
        return hosts_[share.host].slots.names(share.share);
    }

private:
    struct Host {
        HostSize size;
        Slots slots;
        bool closed = false;
    };
    std::vector<Host> hosts_;
};

}  // namespace tw
