// The disk, as the deciding floors see it: one directory tree, reached from its root handle.
//
// Paths are relative to the root ("trials/000042/config.json"), '/'-separated; "" or "." is the root.
// No component of a path may be a symbolic link, "..", or leave the root: such paths fail with
// Code::refused. Calls are not retried here except on EINTR. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tw {

enum class FileKind { file, directory, symlink, other };

struct FileStat {
    FileKind kind = FileKind::file;
    std::int64_t size = 0;
    Instant modified{};
    std::uint64_t inode = 0;
    std::uint32_t owner = 0;  // uid
    std::uint32_t mode = 0;   // permission bits
    std::uint32_t links = 1;
};

struct DirectoryEntry {
    std::string name;
    FileKind kind = FileKind::file;
};

// A file that only its creator appends to.
class Appender {
public:
    virtual ~Appender() = default;
    virtual Status append(std::string_view bytes) = 0;
    virtual Status sync() = 0;  // after an error the file must not be used again (the page may be lost)
};

class FileSystem {
public:
    virtual ~FileSystem() = default;

    // Entries in no order, without "." and "..". A directory's listing is the one look that a
    // network filesystem answers freshly; a name's absence is only believed from here.
    virtual Result<std::vector<DirectoryEntry>> list(const std::string& directory) = 0;

    virtual Result<FileStat> stat(const std::string& path) = 0;  // never follows a link

    // At most `limit` bytes from `offset`; a longer file is cut there without an error. Never blocks:
    // a FIFO or a device is Code::refused, and so is a directory.
    virtual Result<std::string> read(const std::string& path, std::int64_t offset, std::int64_t limit) = 0;

    // Creates exclusively (Code::exists otherwise) and writes. Neither file nor directory is synced.
    // When writing fails, the file is removed again.
    virtual Status create(const std::string& path, std::string_view bytes, std::uint32_t mode = 0666) = 0;

    // Creates exclusively, for appending.
    virtual Result<std::unique_ptr<Appender>> create_appender(const std::string& path) = 0;

    // Adds a whole line to a file, creating it; one write call, so that several writers mix by lines.
    // The newline is added where `line` has none; a torn last line in the file is closed by one first.
    virtual Status append_line(const std::string& path, std::string_view line) = 0;

    virtual Status make_directory(const std::string& path) = 0;  // exclusive; the parent must exist
    // Exclusive. Code::refused where the filesystem has no hard links.
    virtual Status link(const std::string& from, const std::string& to) = 0;
    virtual Status symlink(const std::string& target, const std::string& path) = 0;  // exclusive
    // Replaces a file, or an empty directory by a directory. Of two names of one file both stay.
    virtual Status rename(const std::string& from, const std::string& to) = 0;
    virtual Status remove(const std::string& path) = 0;            // a file; Code::not_found if absent
    virtual Status remove_directory(const std::string& path) = 0;  // empty ones only, else Code::exists

    virtual Status sync(const std::string& path) = 0;  // fsync of a file or a directory
    virtual Status sync_all() = 0;                     // syncfs: everything written so far, by anybody

    virtual Result<std::int64_t> free_bytes() = 0;

    // The root as a person writes it, for messages and for the environment of jobs. Absolute.
    virtual const std::string& root() const = 0;

    // stat() of many entries of a directory, in a third of the calls; nothing of one that cannot be looked at.
    virtual std::vector<std::optional<FileStat>> stat_entries(const std::string& directory,
                                                              const std::vector<std::string>& names);
};

}  // namespace tw
