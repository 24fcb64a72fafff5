#include "ports/filesystem.hpp"

namespace tw {

std::vector<std::optional<FileStat>> FileSystem::stat_entries(const std::string& directory,
                                                              const std::vector<std::string>& names) {
    std::vector<std::optional<FileStat>> stats;
    for (auto& name : names) {
        auto found = stat(directory + "/" + name);
        stats.push_back(found ? std::optional(*found) : std::nullopt);
    }
    return stats;
}

}  // namespace tw
