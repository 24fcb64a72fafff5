// The file system as one process of a machine sees it: other processes go on between its calls, calls fail, work and
// say that they did not, or are the process's last; and a client of a file server remembers what it saw.
//
// A listing is always fresh: that is the contract of ports/filesystem.hpp.
#pragma once

#include "simulation/world.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::simulation {

// Told of every change, after it.
class Witness {
public:
    virtual ~Witness() = default;
    virtual void appeared(Process& by, const std::string& path) = 0;  // a new name, or another file under it
    virtual void vanished(Process& by, const std::string& path) = 0;
    virtual void listed(Process& by, const std::string& directory) = 0;
};

class ClientFileSystem final : public FileSystem {
public:
    ClientFileSystem(Process& process, Witness& witness);

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
    const std::string& root() const override { return disk_.root(); }

private:
    friend class ClientAppender;
    template <class Call>
    auto look(const char* op, const std::string& path, Call call) -> decltype(call());
    template <class Call>
    Status change(const char* op, const std::string& path, Code lie, Call call);
    std::optional<Error> begin(const char* op, const std::string& path, bool changes);
    void end(const char* op, const std::string& path);
    bool dies(const char* op, const std::string& path, bool after);
    const Memory* remembered(const std::string& path);
    void remember(const std::string& path, const Result<FileStat>& stat);
    void forget(const std::string& path);

    Process& process_;
    Witness& witness_;
    support::VirtualFileSystem disk_;
};

}  // namespace tw::simulation
