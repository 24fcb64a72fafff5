#include "app/scripts.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "records/event_name.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

std::string folder_of(const std::vector<std::string>& scripts) {
    return layout::scripts + "/" + content_hash(join(scripts, "\n")).substr(0, 16);
}

std::string path_in(const std::string& entry) {
    return entry.substr(0, entry.rfind('='));
}

bool in_place(const std::string& entry) {
    return entry.ends_with("=in-place");
}

Status make_parents(FileSystem& fs, const std::string& folder, const std::string& script) {
    for (auto slash = script.find('/'); slash != std::string::npos; slash = script.find('/', slash + 1))
        if (auto made = make_directory_if_absent(fs, folder + "/" + script.substr(0, slash)); !made)
            return made;
    return {};
}

Status copy_script(FileSystem& fs, const std::string& folder, const std::string& script) {
    auto stat = fs.stat(script);
    if (!stat) return fail(stat.error());
    auto bytes = fs.read(script, 0, script_limit);
    if (!bytes) return fail(bytes.error());
    if (auto made = make_parents(fs, folder, script); !made) return made;
    return fs.create(folder + "/" + script, *bytes, stat->mode & 0777);
}

// Links for the neighbours of each script, at the top and in the folders that scripts lie in.
Status link_neighbours(FileSystem& fs, const std::string& folder, const std::string& below,
                       const std::vector<std::string>& scripts) {
    auto entries = fs.list(below);
    if (!entries) return fail(entries.error());
    std::string prefix = below.empty() ? "" : below + "/";
    for (auto& entry : *entries) {
        std::string path = prefix + entry.name;
        if (entry.name.starts_with('.') || is_temporary(entry.name) || path == layout::trials) continue;
        bool holds_script = std::any_of(scripts.begin(), scripts.end(), [&](auto& script) {
            return path_in(script).starts_with(path + "/") && !in_place(script);
        });
        bool is_script = std::any_of(scripts.begin(), scripts.end(), [&](auto& script) {
            return path_in(script) == path && !in_place(script);
        });
        Status status;
        if (holds_script)
            status = link_neighbours(fs, folder, path, scripts);
        else if (!is_script)
            status = fs.symlink(fs.root() + "/" + path, folder + "/" + path);
        if (!status) return status;
    }
    return {};
}

}  // namespace

Result<std::vector<std::string>> hash_scripts(FileSystem& fs, const Experiment& experiment) {
    std::vector<std::string> list;
    for (auto& script : script_paths(experiment)) {
        auto bytes = fs.read(script, 0, script_limit + 1);
        if (!bytes) {
            Error error = bytes.error();
            if (error.code == Code::not_found)
                error = {Code::invalid,
                         "a stage runs ./" + script + ", which is not there",
                         script,
                         {},
                         0,
                         "write it, or change the stage's command"};
            return fail(error);
        }
        bool large = static_cast<std::int64_t>(bytes->size()) > script_limit;
        list.push_back(script + "=" + (large ? "in-place" : content_hash(*bytes)));
    }
    return list;
}

Status snapshot_scripts(FileSystem& fs, const std::vector<std::string>& scripts, const std::string& nonce) {
    std::string folder = folder_of(scripts);
    if (is_listed(fs, folder))
        return fs.sync(layout::scripts);  // whoever made it may have been killed before
    std::string aside = layout::scripts + "/." + nonce + ".tmp";
    if (auto removed = remove_tree(fs, aside); !removed) return removed;
    if (auto made = fs.make_directory(aside); !made) return made;
    for (auto& entry : scripts)
        if (!in_place(entry))
            if (auto copied = copy_script(fs, aside, path_in(entry)); !copied) return copied;
    if (auto linked = link_neighbours(fs, aside, "", scripts); !linked) return linked;
    if (auto synced = fs.sync_all(); !synced) return synced;
    auto renamed = fs.rename(aside, folder);  // whole or not at all
    if (renamed) return fs.sync(layout::scripts);
    return is_listed(fs, folder) ? remove_tree(fs, aside) : renamed;
}

std::string script_path(const std::vector<std::string>& scripts, const std::string& script) {
    for (auto& entry : scripts)
        if (path_in(entry) == script && !in_place(entry)) return folder_of(scripts) + "/" + script;
    return script;
}

}  // namespace tw
