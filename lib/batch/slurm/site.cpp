#include "batch/slurm/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace tw::slurm {

namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// "gpu:4", "gpu:a100:2(S:0-1),gpu:v100:1,shard:8" -> 4, 3
int gpus_in(const std::string& gres) {
    std::int64_t count = 0;
    for (const std::string& part : split(gres, ',')) {
        std::string_view text = std::string_view(part).substr(0, part.find('('));
        if (text.starts_with("gpu:")) count += number_in(text.substr(text.rfind(':') + 1));
    }
    return static_cast<int>(count);
}

int sum(int a, std::int64_t b) {
    return static_cast<int>(std::min<std::int64_t>(1000000000, a + b));
}

Status too_much(std::string what, std::int64_t asked, std::int64_t there, const std::string& where) {
    return fail(Code::invalid, fmt::format("asks for {} {}, and {} has {}", asked, what, where, there));
}

}  // namespace

// --exact: a line for each kind of node, "8+" never.
std::vector<std::string> sinfo_argv() {
    return {"sinfo", "--noheader", "--exact", "--all", "--format=%P|%D|%c|%m|%G"};
}

void read_sinfo(const std::string& output, Site& site) {
    for (const std::string& line : split(output, '\n')) {
        auto parts = split(line, '|');
        if (parts.size() != 5) continue;
        bool standard = parts[0].ends_with('*');
        if (standard) parts[0].pop_back();
        if (standard) site.standard = parts[0];
        Partition& partition = site.partitions[parts[0]];
        std::int64_t nodes = number_in(parts[1]), cpus = number_in(parts[2]);
        partition.nodes = sum(partition.nodes, nodes);
        partition.cpus = sum(partition.cpus, nodes * cpus);
        partition.node_cpus = std::max(partition.node_cpus, sum(0, cpus));
        partition.node_memory = std::max(partition.node_memory, number_in(parts[3]) * mebibyte);
        partition.node_gpus = std::max(partition.node_gpus, gpus_in(parts[4]));
    }
}

void read_config(const std::string& output, Site& site) {
    for (const std::string& line : split(output, '\n')) {
        if (!line.starts_with("MaxArraySize")) continue;
        std::int64_t beyond = number_in(trim(std::string_view(line).substr(line.find('=') + 1)));
        site.array = std::clamp<std::int64_t>(beyond - 1, 1, site.array);  // the largest index is one less
    }
}

const Partition* partition_of(const Site& site, const Options& options) {
    auto named = options.flags.find("partition");
    auto found = site.partitions.find(named == options.flags.end() ? site.standard : named->second);
    return found == site.partitions.end() ? nullptr : &found->second;
}

Status fits(const Site& site, const Options& options, const Resources& resources) {
    if (resources.nodes < 1 || resources.ranks < 1 || resources.cpus < 1)
        return fail(Code::invalid, "asks for less than one node, rank or CPU");
    const Partition* partition = partition_of(site, options);
    if (!partition || partition->nodes == 0) return {};
    if (resources.nodes > partition->nodes) return too_much("nodes", resources.nodes, partition->nodes, "its partition");
    if (resources.cpus > partition->node_cpus)
        return too_much("CPUs", resources.cpus, partition->node_cpus, "the largest node of its partition");
    std::int64_t cpus = std::int64_t{resources.cpus} * resources.ranks;
    if (cpus > partition->cpus) return too_much("CPUs for its ranks", cpus, partition->cpus, "its partition");
    std::int64_t gpus = options.gpus_of_job ? std::int64_t{partition->node_gpus} * partition->nodes : partition->node_gpus;
    if (resources.gpus > gpus) return too_much("GPUs", resources.gpus, gpus, "its partition at most");
    if (resources.memory <= partition->node_memory) return {};
    return fail(Code::invalid, fmt::format("asks for {} of memory, and the largest node of its partition has {}",
                                           format_bytes(resources.memory), format_bytes(partition->node_memory)));
}

std::vector<std::string> node_states_argv(const std::string& nodes) {
    return {"sinfo", "--noheader", "--Node", "--all", "--nodes=" + nodes, "--format=%T"};
}

// sinfo(1), NODE STATE CODES: a '*' is for a node that does not respond.
bool all_answer(const std::string& output) {
    bool any = false;
    for (const std::string& line : split(output, '\n')) {
        std::string_view state = trim(line);
        if (state.empty()) continue;
        any = true;
        if (state.ends_with('*')) return false;
        for (std::string_view bad : {"down", "unknown", "fail", "reboot", "power", "future", "drained"})
            if (state.starts_with(bad)) return false;
    }
    return any;
}

}  // namespace tw::slurm
