// The real disk.
#pragma once

#include <boost/filesystem/path.hpp>

#include "ports/filesystem.hpp"
#include "posix/tree.hpp"

namespace tw {

class PosixFileSystem final : public FileSystem {
public:
    // Symbolic links on the way to the root are followed, below it never.
    static Result<std::unique_ptr<FileSystem>> open(const boost::filesystem::path& root,
                                                    Resolve resolve = Resolve::kernel);

    Result<std::vector<DirectoryEntry>> list(const std::string& directory) override;
    Result<FileStat> stat(const std::string& path) override;
    Result<std::string> read(const std::string& path, std::int64_t offset, std::int64_t limit) override;
    Status create(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
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
    std::vector<std::optional<FileStat>> stat_entries(const std::string& directory,
                                                      const std::vector<std::string>& names) override;

private:
    PosixFileSystem(Fd root, std::string name, Resolve resolve)
        : tree_(std::move(root), resolve), root_(std::move(name)) {}

    Result<Fd> open_file(const std::string& path, std::string_view action, int flags, mode_t mode = 0);
    Status unlink(const std::string& path, int flags);
    // Both parents opened (once if they are the same), then `call(from dir, name, to dir, name)`.
    template <class Call>
    Status between(std::string_view action, const std::string& from, const std::string& to, Call call);

    Tree tree_;
    std::string root_;
};

}  // namespace tw
