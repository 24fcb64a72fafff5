// What tests do to a VirtualFileSystem behind its back.
#include <algorithm>

#include "ports/path.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::support {

namespace {

void dump_into(const VirtualNode& node, const std::string& path, std::map<std::string, std::string>& out) {
    if (node.kind != FileKind::directory) {
        out[path] = node.content;
        return;
    }
    if (!path.empty()) out[path + "/"] = "";
    for (const auto& [name, child] : node.entries)
        dump_into(*child, path.empty() ? name : path + "/" + name, out);
}

}  // namespace

int VirtualFileSystem::count(const std::string& op, const std::string& prefix) const {
    return static_cast<int>(std::count_if(accesses.begin(), accesses.end(), [&](const Access& access) {
        return access.op == op && (access.path.starts_with(prefix) || access.to.starts_with(prefix));
    }));
}

void VirtualFileSystem::make_directories(const std::string& path) {
    std::string normal = normal_path(path).value();
    for (std::size_t end = 0; end < normal.size(); ++end) {
        end = std::min(normal.find('/', end), normal.size());
        Place where = place(normal.substr(0, end)).value();
        if (!where.existing()) add(where, FileKind::directory, 0777);
    }
}

void VirtualFileSystem::put(const std::string& path, std::string_view bytes) {
    std::string normal = normal_path(path).value();
    make_directories(std::string(split_path(normal).directory));
    Place where = place(normal).value();
    auto node = where.existing();
    if (!node) node = add(where, FileKind::file, 0666);
    node->content = bytes;
    node->modified = disk_->now();
}

std::optional<std::string> VirtualFileSystem::get(const std::string& path) const {
    auto node = disk_->find(normal_path(path).value());
    if (!node || (*node)->kind == FileKind::directory) return std::nullopt;
    return (*node)->content;
}

bool VirtualFileSystem::exists(const std::string& path) const {
    return disk_->find(normal_path(path).value()).has_value();
}

void VirtualFileSystem::set_owner(const std::string& path, std::uint32_t owner) {
    disk_->find(normal_path(path).value()).value()->owner = owner;
}

std::map<std::string, std::string> VirtualFileSystem::dump() const {
    std::map<std::string, std::string> result;
    dump_into(*disk_->root, "", result);
    return result;
}

}  // namespace tw::support
