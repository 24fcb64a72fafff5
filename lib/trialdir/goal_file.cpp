#include "trialdir/goal_file.hpp"

#include <algorithm>

#include "records/documents.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

const std::string stem = "goal.";

// Names of goals, oldest first: epochs have ten digits.
Result<std::vector<std::string>> list_goals(FileSystem& fs) {
    auto entries = fs.list(layout::optimizer);
    if (!entries && entries.error().code == Code::not_found) return std::vector<std::string>{};
    if (!entries) return fail(entries.error());
    std::vector<std::string> names;
    for (auto& entry : *entries) {
        std::string_view epoch =
            std::string_view(entry.name).substr(std::min(stem.size(), entry.name.size()));
        if (entry.name.starts_with(stem) && epoch.size() == 10 &&
            epoch.find_first_not_of("0123456789") == std::string_view::npos)
            names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

// One that is gone when it is read was followed by a newer one.
Result<std::optional<Goal>> newest_goal(FileSystem& fs) {
    for (int tries = 0;; ++tries) {
        auto names = list_goals(fs);
        if (!names) return fail(names.error());
        if (names->empty()) return std::optional<Goal>{};
        std::string path = layout::optimizer + "/" + names->back();
        auto text = read_document(fs, path, document_limit);
        if (!text && tries < 10 && (text.error().code == Code::not_found || text.error().code == Code::stale))
            continue;
        if (!text) return fail(text.error());
        auto goal = read_goal(*text, path);
        if (!goal) return fail(goal.error());
        return std::optional<Goal>(*goal);
    }
}

Status publish_goal(FileSystem& fs, std::int64_t epoch, const Goal& goal, const std::string& nonce) {
    std::string name = stem + layout::epoch(epoch);
    auto made = publish(fs, layout::optimizer + "/" + name, write_goal(goal), nonce);
    if (!made) return made;
    auto names = list_goals(fs);
    if (!names) return {};
    for (auto& old : *names)
        if (old < name) (void)remove_if_there(fs, layout::optimizer + "/" + old);
    return {};
}

}  // namespace tw
