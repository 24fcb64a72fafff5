#include <algorithm>

#include "support/virtual_run.hpp"

namespace tw::support {

namespace {

bool contains(const VirtualNode& node, const VirtualNode* wanted) {
    if (&node == wanted) return true;
    return std::any_of(node.entries.begin(), node.entries.end(),
                       [&](const auto& entry) { return contains(*entry.second, wanted); });
}

}  // namespace

Status VirtualFileSystem::make_directory(const std::string& path) {
    Access access{"make_directory", path, ""};
    return run(access, [&](const Fault*) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        if (where->existing()) return no(Code::exists, access, "File exists");
        add(*where, FileKind::directory, 0777);
        return {};
    });
}

Status VirtualFileSystem::symlink(const std::string& target, const std::string& path) {
    Access access{"symlink", path, ""};
    return run(access, [&](const Fault*) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        if (where->existing()) return no(Code::exists, access, "File exists");
        auto node = add(*where, FileKind::symlink, 0777);
        node->content = node->durable_content = target;
        return {};
    });
}

Status VirtualFileSystem::link(const std::string& from, const std::string& to) {
    Access access{"link", from, to};
    return run(access, [&](const Fault*) -> Status {
        auto source = place(from);
        if (!source) return fail(source.error());
        auto target = place(to);
        if (!target) return fail(target.error());
        auto node = source->existing();
        if (!node) return no(Code::not_found, access, "No such file or directory");
        if (target->existing()) return no(Code::exists, access, "File exists");
        if (node->kind == FileKind::directory) return no(Code::refused, access, "Operation not permitted");
        target->directory->entries[target->name] = node;
        target->directory->modified = disk_->now();
        hidden_until_.erase(target->path);
        ++node->links;
        return {};
    });
}

Status VirtualFileSystem::move(const Place& from, const Place& to) {
    Access access{"rename", from.path, to.path};
    auto node = from.existing(), target = to.existing();
    if (!node) return no(Code::not_found, access, "No such file or directory");
    if (node == target) return {};  // two names of one file: both stay, says POSIX
    bool directory = node->kind == FileKind::directory;
    if (directory && contains(*node, to.directory.get())) return no(Code::io, access, "Invalid argument");
    if (target && directory && target->kind != FileKind::directory) {
        return no(Code::not_found, access, "Not a directory");
    }
    if (target && !directory && target->kind == FileKind::directory) {
        return no(Code::refused, access, "Is a directory");
    }
    if (target && !target->entries.empty()) return no(Code::exists, access, "Directory not empty");
    if (target) detach(to);
    from.directory->entries.erase(from.name);
    to.directory->entries[to.name] = node;
    from.directory->modified = to.directory->modified = disk_->now();
    hidden_until_.erase(to.path);
    return {};
}

Status VirtualFileSystem::rename(const std::string& from, const std::string& to) {
    return run({"rename", from, to}, [&](const Fault*) -> Status {
        auto source = place(from);
        if (!source) return fail(source.error());
        auto target = place(to);
        if (!target) return fail(target.error());
        return move(*source, *target);
    });
}

Status VirtualFileSystem::remove(const std::string& path) {
    Access access{"remove", path, ""};
    return run(access, [&](const Fault*) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        auto node = where->existing();
        if (!node) return no(Code::not_found, access, "No such file or directory");
        if (node->kind == FileKind::directory) return no(Code::refused, access, "Is a directory");
        detach(*where);
        return {};
    });
}

Status VirtualFileSystem::remove_directory(const std::string& path) {
    Access access{"remove_directory", path, ""};
    return run(access, [&](const Fault*) -> Status {
        auto where = place(path);
        if (!where) return fail(where.error());
        auto node = where->existing();
        if (!node) return no(Code::not_found, access, "No such file or directory");
        if (node->kind != FileKind::directory) return no(Code::not_found, access, "Not a directory");
        if (!node->entries.empty()) return no(Code::exists, access, "Directory not empty");
        detach(*where);
        return {};
    });
}

}  // namespace tw::support
