#include "records/graph.hpp"

#include <algorithm>

namespace tw {

namespace {

// The first dependency that is itself still unresolved.
const std::string* unresolved_parent(const Dependencies& left, const std::vector<std::string>& parents) {
    for (const std::string& parent : parents)
        if (left.contains(parent)) return &parent;
    return nullptr;
}

}  // namespace

std::vector<std::string> find_cycle(const Dependencies& dependencies) {
    Dependencies left = dependencies;
    while (std::erase_if(left, [&](const auto& entry) { return !unresolved_parent(left, entry.second); }) >
           0) {
    }
    if (left.empty()) return {};
    std::vector<std::string> path{left.begin()->first};
    for (;;) {
        const std::string next = *unresolved_parent(left, left.at(path.back()));
        const bool round = std::find(path.begin(), path.end(), next) != path.end();
        path.push_back(next);
        if (!round) continue;
        path.erase(path.begin(), std::find(path.begin(), path.end(), next));
        return path;
    }
}

}  // namespace tw
