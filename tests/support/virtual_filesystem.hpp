// A FileSystem in memory for tests: one process's view of a VirtualDisk. It records what was asked,
// fails where told, and can see late, as a network client does. It outlives the Appenders it gave out.
#pragma once

#include <optional>
#include <vector>

#include "support/virtual_disk.hpp"

namespace tw::support {

struct Access {
    std::string op;    // the method's name in FileSystem; for Appenders "append" and "append_sync"
    std::string path;  // for link and rename the source
    std::string to;    // for link and rename
    bool operator==(const Access&) const = default;
};

struct Fault {
    std::string op;      // "" is any
    std::string prefix;  // of the path, or of `to`; "" is any
    Code code = Code::io;
    int nth = 1;             // the n-th matching call from now on is the first that fails
    int times = 1;           // so many calls fail; -1: all that follow
    bool happens = false;    // the call is done, yet reported as failed
    std::int64_t torn = -1;  // append, append_line, create: so many bytes are left behind
};

class VirtualFileSystem final : public FileSystem {
public:
    VirtualFileSystem() : VirtualFileSystem(std::make_shared<VirtualDisk>()) {}
    explicit VirtualFileSystem(std::shared_ptr<VirtualDisk> disk, std::string root = "/virtual/experiment")
        : disk_(std::move(disk)), root_(std::move(root)) {}

    const std::shared_ptr<VirtualDisk>& disk() const { return disk_; }
    void tick(Seconds by) { disk_->tick(by); }

    void inject(Fault fault) { faults_.push_back({std::move(fault), 0}); }
    void clear_faults() { faults_.clear(); }
    // Called before each operation; an error becomes its answer. May throw: the process dies there.
    void on_access(std::function<Status(const Access&)> hook) { hook_ = std::move(hook); }

    std::vector<Access> accesses;  // oldest first; tests may clear it
    int count(const std::string& op, const std::string& prefix = "") const;

    // As an NFS client: a name once looked up in vain stays invisible to stat and read of this view for
    // so long, although list shows it at once.
    void hide_missing_for(Seconds bound) { hidden_for_ = bound; }

    // Shortcuts of tests: neither recorded nor failed. `put` makes directories and replaces.
    void put(const std::string& path, std::string_view bytes);
    void make_directories(const std::string& path);
    std::optional<std::string> get(const std::string& path) const;
    bool exists(const std::string& path) const;
    void set_owner(const std::string& path, std::uint32_t uid);
    std::map<std::string, std::string> dump() const;  // every path; directories end in '/'

    Result<std::vector<DirectoryEntry>> list(const std::string& directory) override;
    Result<FileStat> stat(const std::string& path) override;
    Result<std::string> read(const std::string& path, std::int64_t offset, std::int64_t limit) override;
    Status create(const std::string& path, std::string_view bytes, std::uint32_t mode = 0666) override;
    Result<std::unique_ptr<Appender>> create_appender(const std::string& path) override;
    Status append_line(const std::string& path, std::string_view line) override;
    Status make_directory(const std::string& path) override;
    Status link(const std::string& from, const std::string& to) override;
    Status symlink(const std::string& target, const std::string& path) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status remove_directory(const std::string& path) override;
    Status sync(const std::string& path) override;
    Status sync_all() override;
    Result<std::int64_t> free_bytes() override;
    const std::string& root() const override { return root_; }

    std::uint32_t uid = 0;  // owner of what this view makes

private:
    friend class VirtualAppender;
    struct Armed {
        Fault fault;
        int matched;
    };
    struct Place {  // where a name is to be made, changed or removed
        VirtualDisk::Node directory;
        std::string path, name;
        VirtualDisk::Node existing() const;
    };

    const Fault* strike(const Access& access);
    template <class Call>
    auto run(Access access, Call call) -> decltype(call(static_cast<const Fault*>(nullptr)));
    Result<Place> place(const std::string& path) const;
    Result<VirtualDisk::Node> look_up(const std::string& path);
    VirtualDisk::Node add(const Place& place, FileKind kind, std::uint32_t mode);
    void detach(const Place& place);
    Status move(const Place& from, const Place& to);

    std::shared_ptr<VirtualDisk> disk_;
    std::string root_;
    std::vector<Armed> faults_;
    std::function<Status(const Access&)> hook_;
    Seconds hidden_for_{0};
    std::map<std::string, Instant> hidden_until_;
};

}  // namespace tw::support
