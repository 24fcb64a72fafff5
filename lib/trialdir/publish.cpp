#include "trialdir/publish.hpp"

#include <algorithm>

namespace tw {

namespace {

Status write_aside(FileSystem& fs, const std::string& temporary, std::string_view bytes) {
    auto created = fs.create(temporary, bytes);
    if (created || created.error().code != Code::exists) return created;
    if (auto removed = remove_if_there(fs, temporary); !removed) return removed;
    return fs.create(temporary, bytes);
}

std::string temporary_name(const std::string& path, const std::string& nonce) {
    std::string parent = parent_of(path);
    return (parent.empty() ? "" : parent + "/") + "." + name_of(path) + "." + nonce + ".tmp";
}

Status publish_with(FileSystem& fs, const std::string& path, std::string_view bytes, const std::string& nonce,
                    bool sync) {
    std::string temporary = temporary_name(path, nonce);
    Status status = write_aside(fs, temporary, bytes);
    if (status && sync) status = fs.sync(temporary);  // the bytes before the name
    if (status) status = link_surely(fs, temporary, path);
    if (!remove_if_there(fs, temporary))
        (void)remove_if_there(fs, temporary);               // one that stays is never read
    if (status && sync) status = fs.sync(parent_of(path));  // the name before anybody is told
    return status;
}

}  // namespace

Status publish(FileSystem& fs, const std::string& path, std::string_view bytes, const std::string& nonce) {
    return publish_with(fs, path, bytes, nonce, true);
}

Status publish_unsynced(FileSystem& fs, const std::string& path, std::string_view bytes,
                        const std::string& nonce) {
    return publish_with(fs, path, bytes, nonce, false);
}

Status link_surely(FileSystem& fs, const std::string& from, const std::string& to) {
    auto linked = fs.link(from, to);
    if (linked) return linked;
    auto source = fs.stat(from);
    auto target = fs.stat(to);
    if (source && target && source->inode == target->inode) return {};
    if (linked.error().code != Code::refused || !source) return linked;
    // No hard links here: two writers that look and rename in the same moment both believe they won.
    if (target || is_listed(fs, to)) return fail(Code::exists, "cannot make " + to + ": it exists", to);
    return fs.rename(from, to);
}

Status remove_if_there(FileSystem& fs, const std::string& path) {
    auto removed = fs.remove(path);
    if (!removed && removed.error().code == Code::not_found) return {};
    return removed;
}

Status make_directory_if_absent(FileSystem& fs, const std::string& path) {
    auto made = fs.make_directory(path);
    if (!made && made.error().code == Code::exists) return {};
    return made;
}

Status remove_tree(FileSystem& fs, const std::string& path) {
    auto entries = fs.list(path);
    if (!entries) return entries.error().code == Code::not_found ? Status{} : Status(fail(entries.error()));
    for (auto& entry : *entries) {
        std::string child = path + "/" + entry.name;
        auto removed =
            entry.kind == FileKind::directory ? remove_tree(fs, child) : remove_if_there(fs, child);
        if (!removed) return removed;
    }
    auto removed = fs.remove_directory(path);
    if (!removed && removed.error().code == Code::not_found) return {};
    return removed;
}

Result<bool> listed(FileSystem& fs, const std::string& path) {
    auto entries = fs.list(parent_of(path));
    if (!entries && entries.error().code != Code::not_found) return fail(entries.error());
    std::string name = name_of(path);
    return entries &&
           std::any_of(entries->begin(), entries->end(), [&](auto& entry) { return entry.name == name; });
}

bool is_listed(FileSystem& fs, const std::string& path) {
    return listed(fs, path).value_or(false);
}

bool is_surely_gone(FileSystem& fs, const std::string& path) {
    return !listed(fs, path).value_or(true);
}

Result<std::string> read_document(FileSystem& fs, const std::string& path, std::int64_t limit) {
    auto text = fs.read(path, 0, limit + 1);
    if (!text && text.error().code == Code::not_found && is_listed(fs, path))
        return fail(Code::stale, "it is listed, and not found by its name yet", path);
    if (text && static_cast<std::int64_t>(text->size()) > limit)
        return fail(Code::invalid, "longer than " + std::to_string(limit) + " bytes", path);
    return text;
}

std::string parent_of(const std::string& path) {
    auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
    auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace tw
