#include "support/virtual_filesystem.hpp"

#include "ports/path.hpp"
#include "support/virtual_run.hpp"

namespace tw::support {

VirtualDisk::Node VirtualFileSystem::Place::existing() const {
    auto found = directory->entries.find(name);
    return found == directory->entries.end() ? nullptr : found->second;
}

const Fault* VirtualFileSystem::strike(const Access& access) {
    const Fault* struck = nullptr;
    for (auto& [fault, matched] : faults_) {
        bool here = access.path.starts_with(fault.prefix) ||
                    (!access.to.empty() && access.to.starts_with(fault.prefix));
        if (!here || (!fault.op.empty() && fault.op != access.op)) continue;
        ++matched;
        bool due = matched >= fault.nth && (fault.times < 0 || matched < fault.nth + fault.times);
        if (due && !struck) struck = &fault;
    }
    return struck;
}

Result<VirtualFileSystem::Place> VirtualFileSystem::place(const std::string& path) const {
    auto normal = normal_path(path);
    if (!normal) return fail(normal.error());
    if (normal->empty()) return fail(Code::refused, "not the root directory", path);
    auto [directory, name] = split_path(*normal);
    auto node = disk_->find_directory(std::string(directory));
    if (!node) return fail(node.error().code, node.error().what, path);
    return Place{*node, *normal, std::string(name)};
}

Result<VirtualDisk::Node> VirtualFileSystem::look_up(const std::string& path) {
    auto normal = normal_path(path);
    if (!normal) return fail(normal.error());
    auto hidden = hidden_until_.find(*normal);
    if (hidden != hidden_until_.end() && disk_->now() < hidden->second) {
        return fail(Code::not_found, "No such file or directory", path);
    }
    auto node = disk_->find(*normal);
    if (!node && node.error().code == Code::not_found && hidden_for_.count() > 0) {
        hidden_until_[*normal] = disk_->now() + hidden_for_;
    }
    return node;
}

VirtualDisk::Node VirtualFileSystem::add(const Place& place, FileKind kind, std::uint32_t mode) {
    auto node = disk_->make_node(kind, mode);
    node->owner = uid;
    place.directory->entries[place.name] = node;
    place.directory->modified = disk_->now();
    hidden_until_.erase(place.path);
    return node;
}

void VirtualFileSystem::detach(const Place& place) {
    if (auto node = place.existing()) --node->links;
    place.directory->entries.erase(place.name);
    place.directory->modified = disk_->now();
}

Result<std::vector<DirectoryEntry>> VirtualFileSystem::list(const std::string& directory) {
    return run({"list", directory, ""}, [&](const Fault*) -> Result<std::vector<DirectoryEntry>> {
        auto normal = normal_path(directory);
        if (!normal) return fail(normal.error());
        auto node = disk_->find_directory(*normal);
        if (!node) return fail(node.error());
        std::vector<DirectoryEntry> entries;
        for (const auto& [name, child] : (*node)->entries) entries.push_back({name, child->kind});
        return entries;
    });
}

Result<FileStat> VirtualFileSystem::stat(const std::string& path) {
    return run({"stat", path, ""}, [&](const Fault*) -> Result<FileStat> {
        auto found = look_up(path);
        if (!found) return fail(found.error());
        const VirtualNode& node = **found;
        return FileStat{node.kind, std::ssize(node.content), node.modified, node.inode, node.owner, node.mode,
                        node.links};
    });
}

Result<std::string> VirtualFileSystem::read(const std::string& path, std::int64_t offset,
                                            std::int64_t limit) {
    Access access{"read", path, ""};
    return run(access, [&](const Fault*) -> Result<std::string> {
        auto node = look_up(path);
        if (!node) return fail(node.error());
        if ((*node)->kind != FileKind::file) return no(Code::refused, access, "not a regular file");
        const std::string& content = (*node)->content;
        if (offset >= std::ssize(content) || limit <= 0) return std::string();
        return content.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(limit));
    });
}

Result<std::int64_t> VirtualFileSystem::free_bytes() {
    return run({"free_bytes", "", ""},
               [&](const Fault*) -> Result<std::int64_t> { return disk_->free_bytes(); });
}

}  // namespace tw::support
