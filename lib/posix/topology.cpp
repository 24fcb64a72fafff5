#include "posix/topology.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>

#include "posix/proc.hpp"

namespace tw {

namespace {

constexpr int most_cpus = 65536;

// The first CPU of a list names the set: a core by its threads, as numbers of cores come again in each
// package.
int first_of(const std::string& path, int otherwise) {
    std::string text;
    if (!read_small_file(path, text)) return otherwise;
    auto ids = parse_cpu_list(text);
    return ids.empty() ? otherwise : ids.front();
}

std::map<int, int> read_nodes(const std::string& system) {
    std::map<int, int> node_of;
    std::string online, text;
    if (!read_small_file(system + "/node/online", online)) return node_of;
    for (int node : parse_cpu_list(online)) {
        if (!read_small_file(system + "/node/node" + std::to_string(node) + "/cpulist", text)) continue;
        for (int cpu : parse_cpu_list(text)) node_of[cpu] = node;
    }
    return node_of;
}

}  // namespace

std::vector<int> parse_cpu_list(const std::string& text) {
    std::vector<int> ids;
    const char *at = text.data(), *end = at + text.size();
    while (at < end) {
        int first = 0, last = 0;
        auto read = std::from_chars(at, end, first);
        if (read.ec != std::errc() || first < 0) break;
        last = first;
        at = read.ptr;
        if (at < end && *at == '-') {
            read = std::from_chars(at + 1, end, last);
            if (read.ec != std::errc() || last < first) break;
            at = read.ptr;
        }
        for (int id = first; id <= last && ids.size() < most_cpus; ++id) ids.push_back(id);
        if (at == end || *at != ',') break;
        ++at;
    }
    return ids;
}

std::vector<CpuPlace> read_cpu_places(const std::vector<int>& ids, const std::string& system) {
    auto nodes = read_nodes(system);
    std::vector<CpuPlace> places;
    for (int id : ids) {
        std::string topology = system + "/cpu/cpu" + std::to_string(id) + "/topology/";
        int core = first_of(topology + "core_cpus_list", first_of(topology + "thread_siblings_list", id));
        auto node = nodes.find(id);
        places.push_back({id, core, node == nodes.end() ? 0 : node->second});
    }
    return places;
}

namespace {

// A set that is large enough for this kernel's (CPU_ALLOC(3)).
class CpuSet {
public:
    explicit CpuSet(int capacity) : capacity_(capacity), set_(CPU_ALLOC(static_cast<std::size_t>(capacity))) {
        if (set_) CPU_ZERO_S(size(), set_);
    }
    ~CpuSet() { CPU_FREE(set_); }
    CpuSet(const CpuSet&) = delete;
    CpuSet& operator=(const CpuSet&) = delete;

    std::size_t size() const { return CPU_ALLOC_SIZE(static_cast<std::size_t>(capacity_)); }
    bool get() { return set_ && ::sched_getaffinity(0, size(), set_) == 0; }
    bool apply() const { return set_ && ::sched_setaffinity(0, size(), set_) == 0; }
    void add(int id) { CPU_SET_S(static_cast<std::size_t>(id), size(), set_); }
    std::vector<int> ids() const {
        std::vector<int> ids;
        for (int id = 0; id < capacity_; ++id)
            if (CPU_ISSET_S(static_cast<std::size_t>(id), size(), set_)) ids.push_back(id);
        return ids;
    }

private:
    int capacity_;
    cpu_set_t* set_;
};

bool confine(const std::vector<int>& ids) {
    CpuSet set(std::max(1024, ids.back() + 1));
    for (int id : ids) set.add(id);
    return set.apply();
}

}  // namespace

std::vector<int> own_cpus() {
    for (int capacity = 1024; capacity <= most_cpus; capacity *= 2) {
        CpuSet set(capacity);
        if (set.get()) return set.ids();
        if (errno != EINVAL) break;
    }
    return {};
}

Confined::Confined(const std::vector<int>& ids) {
    if (ids.empty()) return;
    auto before = own_cpus();
    if (!before.empty() && confine(ids)) before_ = std::move(before);
}

Confined::~Confined() {
    if (!before_.empty()) confine(before_);
}

}  // namespace tw
