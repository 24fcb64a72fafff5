#include <fnmatch.h>

#include <algorithm>

#include "base/text.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

bool has_control_character(const std::string& name) {
    return std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Status check_input(const DirectoryEntry& entry, const std::string& path) {
    if (entry.kind == FileKind::symlink)
        return fail(
            {Code::invalid, "an input cannot be a symbolic link", path, {}, 0, "copy what it points to"});
    if (has_control_character(entry.name) || !valid_utf8(entry.name))
        return fail({Code::invalid,
                     "an input's name has control characters or is not UTF-8",
                     path,
                     {},
                     0,
                     "rename it"});
    return {};
}

// Matches components `at`... of the pattern below `directory`; `prefix` is what was matched so far.
Status match_below(FileSystem& fs, const std::string& directory, const std::string& prefix,
                   const std::vector<std::string>& pattern, std::size_t at, std::vector<std::string>& found) {
    auto entries = fs.list(directory);
    if (!entries && entries.error().code == Code::not_found) return {};
    if (!entries) return fail(entries.error());
    bool last = at + 1 == pattern.size();
    for (auto& entry : *entries) {
        if (is_temporary(entry.name) || fnmatch(pattern[at].c_str(), entry.name.c_str(), FNM_PERIOD) != 0)
            continue;
        if (entry.kind != (last ? FileKind::file : FileKind::directory) && entry.kind != FileKind::symlink)
            continue;
        if (auto good = check_input(entry, directory + "/" + entry.name); !good) return good;
        std::string path = prefix + entry.name;
        Status below;
        if (last)
            found.push_back(path);
        else
            below = match_below(fs, directory + "/" + entry.name, path + "/", pattern, at + 1, found);
        if (!below) return below;
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> match_inputs(FileSystem& fs, const TrialId& id, const std::string& pattern) {
    std::vector<std::string> found;
    auto matched = match_below(fs, layout::trial(id), "", split(pattern, '/'), 0, found);
    if (!matched) return fail(matched.error());
    std::sort(found.begin(), found.end(), natural_less);
    return found;
}

}  // namespace tw
