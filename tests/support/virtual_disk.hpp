// An in-memory directory tree that several VirtualFileSystems (processes, hosts) may share. It knows what
// was synced, so that a test can pull the plug.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "ports/filesystem.hpp"

namespace tw::support {

struct VirtualNode {
    using Entries = std::map<std::string, std::shared_ptr<VirtualNode>>;

    std::uint64_t inode = 0;
    FileKind kind = FileKind::file;
    std::uint32_t mode = 0, owner = 0, links = 1;
    Instant modified{};
    std::string content, durable_content;  // a symbolic link's target is its content
    Entries entries, durable_entries;
};

class VirtualDisk {
public:
    using Node = std::shared_ptr<VirtualNode>;

    VirtualDisk();

    // Time of the file server; starts at 2026-01-01T00:00:00Z and stands still until told.
    Instant now() const { return clock_ ? clock_() : now_; }
    void set_now(Instant now) { now_ = now; }
    void tick(Seconds by) { now_ += by; }
    void follow(std::function<Instant()> clock) { clock_ = std::move(clock); }

    // Bytes of content that fit; negative: no limit.
    void set_capacity(std::int64_t bytes) { capacity_ = bytes; }
    std::int64_t free_bytes() const;

    // What was not synced is lost: contents become what they were when last synced (empty if never),
    // and directories hold the names they held then. `survives` is asked for each unsynced change whether
    // it reached the disk nevertheless. Appenders of before answer Code::stale.
    void crash(const std::function<bool()>& survives = {});
    int crashes() const { return crashes_; }

    // For VirtualFileSystem. Paths as normal_path gives them.
    Result<Node> find(const std::string& path) const;  // a link only as the last component
    Result<Node> find_directory(const std::string& path) const;
    Node make_node(FileKind kind, std::uint32_t mode);
    std::int64_t write(VirtualNode& node, std::string_view bytes);  // appends what fits, says how much
    static void sync(VirtualNode& node);
    void sync_all();
    std::shared_ptr<VirtualNode> root;

private:
    std::function<Instant()> clock_;
    Instant now_;
    std::int64_t capacity_ = -1;
    std::uint64_t next_inode_ = 2;
    int crashes_ = 0;
};

}  // namespace tw::support
