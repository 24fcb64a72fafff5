#include "support/virtual_disk.hpp"

#include <algorithm>
#include <set>

namespace tw::support {

namespace {

constexpr double first_instant = 1767225600;

// Every node that the root leads to, once.
void visit(const VirtualDisk::Node& node, std::set<VirtualNode*>& seen,
           const std::function<void(VirtualNode&)>& call) {
    if (!seen.insert(node.get()).second) return;
    call(*node);
    auto entries = node->entries;  // `call` may change them
    for (const auto& [name, child] : entries) visit(child, seen, call);
}

// The names of `node` after a crash.
void settle_names(VirtualNode& node, const std::function<bool()>& survives) {
    VirtualNode::Entries after;
    auto take = [&](const std::string& name, const VirtualNode::Entries& from) {
        auto found = from.find(name);
        if (found != from.end()) after.insert(*found);
    };
    std::set<std::string> names;
    for (const auto& [name, child] : node.entries) names.insert(name);
    for (const auto& [name, child] : node.durable_entries) names.insert(name);
    for (const auto& name : names) {
        auto live = node.entries.find(name), durable = node.durable_entries.find(name);
        bool same = live != node.entries.end() && durable != node.durable_entries.end() &&
                    live->second == durable->second;
        take(name, same || (survives && survives()) ? node.entries : node.durable_entries);
    }
    node.entries = node.durable_entries = after;
}

void settle_content(VirtualNode& node, const std::function<bool()>& survives) {
    if (node.content != node.durable_content && survives && survives()) node.durable_content = node.content;
    node.content = node.durable_content;
}

}  // namespace

VirtualDisk::VirtualDisk() : now_(Seconds(first_instant)) {
    root = make_node(FileKind::directory, 0755);
}

VirtualDisk::Node VirtualDisk::make_node(FileKind kind, std::uint32_t mode) {
    auto node = std::make_shared<VirtualNode>();
    node->inode = next_inode_++;
    node->kind = kind;
    node->mode = mode & ~022u;
    node->modified = now();
    return node;
}

Result<VirtualDisk::Node> VirtualDisk::find(const std::string& path) const {
    Node node = root;
    for (std::size_t begin = 0; begin < path.size();) {
        std::size_t end = std::min(path.find('/', begin), path.size());
        if (node->kind == FileKind::symlink)
            return fail(Code::refused, "a symbolic link is in the way", path);
        auto child = node->entries.find(path.substr(begin, end - begin));
        if (child == node->entries.end()) return fail(Code::not_found, "No such file or directory", path);
        node = child->second;
        begin = end + 1;
    }
    return node;
}

Result<VirtualDisk::Node> VirtualDisk::find_directory(const std::string& path) const {
    auto node = find(path);
    if (!node || (*node)->kind == FileKind::directory) return node;
    if ((*node)->kind == FileKind::symlink) return fail(Code::refused, "a symbolic link is in the way", path);
    return fail(Code::not_found, "Not a directory", path);
}

std::int64_t VirtualDisk::free_bytes() const {
    constexpr std::int64_t plenty = std::int64_t{1} << 40;
    if (capacity_ < 0) return plenty;
    std::int64_t used = 0;
    std::set<VirtualNode*> seen;
    visit(root, seen, [&](VirtualNode& node) { used += static_cast<std::int64_t>(node.content.size()); });
    return std::max<std::int64_t>(0, capacity_ - used);
}

std::int64_t VirtualDisk::write(VirtualNode& node, std::string_view bytes) {
    auto size = std::min(static_cast<std::int64_t>(bytes.size()), free_bytes());
    node.content.append(bytes.substr(0, static_cast<std::size_t>(size)));
    node.modified = now();
    return size;
}

void VirtualDisk::sync(VirtualNode& node) {
    node.durable_content = node.content;
    node.durable_entries = node.entries;
}

void VirtualDisk::sync_all() {
    std::set<VirtualNode*> seen;
    visit(root, seen, [](VirtualNode& node) { sync(node); });
}

void VirtualDisk::crash(const std::function<bool()>& survives) {
    ++crashes_;
    std::set<VirtualNode*> seen;
    visit(root, seen, [&](VirtualNode& node) {
        if (node.kind == FileKind::directory) settle_names(node, survives);
        if (node.kind == FileKind::file) settle_content(node, survives);
        node.links = 0;
    });
    std::set<VirtualNode*> counted;
    visit(root, counted, [](VirtualNode& node) {
        for (auto& [name, child] : node.entries) ++child->links;
    });
    root->links = 1;
}

}  // namespace tw::support
