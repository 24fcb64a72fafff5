#include "posix/filesystem.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "ports/path.hpp"
#include "posix/errors.hpp"
#include "posix/stream.hpp"

namespace tw {

namespace {

// A FIFO or a device that somebody left in a trial must not block or be driven.
constexpr int harmless = O_NONBLOCK | O_NOCTTY;

FileKind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileKind::file;
    if (S_ISDIR(mode)) return FileKind::directory;
    return S_ISLNK(mode) ? FileKind::symlink : FileKind::other;
}

FileStat stat_of(const struct stat& info) {
    FileStat result;
    result.kind = kind_of(info.st_mode);
    result.size = info.st_size;
    result.modified = Instant(
        Seconds(static_cast<double>(info.st_mtim.tv_sec) + static_cast<double>(info.st_mtim.tv_nsec) * 1e-9));
    result.inode = info.st_ino;
    result.owner = info.st_uid;
    result.mode = info.st_mode & 07777;
    result.links = static_cast<std::uint32_t>(info.st_nlink);
    return result;
}

bool is_dots(const char* name) {
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

// False: the entry went away meanwhile.
bool find_kind(int directory, const dirent& entry, FileKind& kind) {
    if (entry.d_type != DT_UNKNOWN) {
        kind = kind_of(DTTOIF(entry.d_type));
        return true;
    }
    struct stat info;
    if (::fstatat(directory, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) return false;
    kind = kind_of(info.st_mode);
    return true;
}

// True at the end of the directory; false with errno set.
bool read_entries(DIR* stream, std::vector<DirectoryEntry>& out) {
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream);
        if (!entry) return errno == 0;
        FileKind kind;
        if (!is_dots(entry->d_name) && find_kind(::dirfd(stream), *entry, kind)) {
            out.push_back({entry->d_name, kind});
        }
    }
}

// Whether a line appended now would be glued to a torn one.
bool ends_torn(int fd, std::int64_t size) {
    char last = '\n';
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

tl::unexpected<Error> not_a_file(std::string_view action, const std::string& path) {
    return fail(Code::refused, "cannot " + std::string(action) + " " + path + ": not a regular file", path);
}

}  // namespace

Result<Fd> PosixFileSystem::open_file(const std::string& path, std::string_view action, int flags,
                                      mode_t mode) {
    auto normal = normal_path(path);
    if (!normal) return fail(normal.error());
    Fd fd = tree_.open(*normal, flags | harmless, mode & 07777);
    if (!fd) return fail_errno(action, path);
    return fd;
}

Result<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& directory) {
    auto fd = open_file(directory, "list", O_RDONLY | O_DIRECTORY);
    if (!fd) return fail(fd.error());
    std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd->get()), ::closedir);
    if (!stream) return fail_errno("list", directory);
    fd->release();
    std::vector<DirectoryEntry> entries;
    if (!read_entries(stream.get(), entries)) return fail_errno("list", directory);
    return entries;
}

Result<FileStat> PosixFileSystem::stat(const std::string& path) {
    auto normal = normal_path(path);
    if (!normal) return fail(normal.error());
    auto [directory, name] = split_path(*normal);
    auto parent = tree_.parent(directory);
    struct stat info;
    int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
    if (!parent || retry([&] { return ::fstatat(parent.get(), name.data(), &info, flags); }) != 0) {
        return fail_errno("look at", path);
    }
    return stat_of(info);
}

std::vector<std::optional<FileStat>> PosixFileSystem::stat_entries(const std::string& directory,
                                                                   const std::vector<std::string>& names) {
    std::vector<std::optional<FileStat>> stats(names.size());
    auto normal = normal_path(directory);
    Fd fd = normal ? tree_.open(*normal, O_PATH | O_DIRECTORY) : Fd();
    for (std::size_t i = 0; fd && i < names.size(); ++i) {
        struct stat info;
        const char* name = names[i].c_str();
        const bool plain = split_path(names[i]).directory.empty() && normal_path(names[i]);
        if (plain && retry([&] { return ::fstatat(fd.get(), name, &info, AT_SYMLINK_NOFOLLOW); }) == 0)
            stats[i] = stat_of(info);
    }
    return stats;
}

Result<std::string> PosixFileSystem::read(const std::string& path, std::int64_t offset, std::int64_t limit) {
    auto fd = open_file(path, "read", O_RDONLY);
    if (!fd) return fail(fd.error());
    struct stat info;
    if (::fstat(fd->get(), &info) != 0) return fail_errno("read", path);
    if (!S_ISREG(info.st_mode)) return not_a_file("read", path);
    std::string bytes;
    std::int64_t size = std::clamp<std::int64_t>(info.st_size - offset, 0, std::max<std::int64_t>(limit, 0));
    if (!read_some(fd->get(), offset, size, bytes)) return fail_errno("read", path);
    return bytes;
}

Status PosixFileSystem::create(const std::string& path, std::string_view bytes, std::uint32_t mode) {
    auto fd = open_file(path, "create", O_WRONLY | O_CREAT | O_EXCL, mode);
    if (!fd) return fail(fd.error());
    if (write_all(fd->get(), bytes) && fd->close()) return {};
    auto failure = fail_errno("create", path);
    (void)remove(path);
    return failure;
}

Result<std::unique_ptr<Appender>> PosixFileSystem::create_appender(const std::string& path) {
    auto fd = open_file(path, "create", O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0666);
    if (!fd) return fail(fd.error());
    return make_appender(std::move(*fd), path);
}

Status PosixFileSystem::append_line(const std::string& path, std::string_view line) {
    auto fd = open_file(path, "append to", O_RDWR | O_CREAT | O_APPEND, 0666);
    if (!fd) return fail(fd.error());
    struct stat info;
    if (::fstat(fd->get(), &info) != 0) return fail_errno("append to", path);
    if (!S_ISREG(info.st_mode)) return not_a_file("append to", path);
    std::string text = ends_torn(fd->get(), info.st_size) ? "\n" : "";
    text += line;
    if (line.empty() || line.back() != '\n') text += '\n';
    ssize_t written = retry([&] { return ::write(fd->get(), text.data(), text.size()); });
    if (written < 0) return fail_errno("append to", path);
    // A second write could land behind another writer's line; half a line is what a full disk leaves.
    if (written != static_cast<ssize_t>(text.size())) return fail(system_error(ENOSPC, "append to", path));
    if (!fd->close()) return fail_errno("append to", path);
    return {};
}

Status PosixFileSystem::sync(const std::string& path) {
    auto fd = open_file(path, "sync", O_RDONLY);
    if (!fd) return fail(fd.error());
    if (retry([&] { return ::fsync(fd->get()); }) == 0) return {};
    int number = errno;
    struct stat info;
    // Some filesystems have no fsync of directories; there is nothing more that could be asked of them.
    bool unsupported = number == EINVAL || number == EOPNOTSUPP;
    if (unsupported && ::fstat(fd->get(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return fail(system_error(number, "sync", path));
}

Status PosixFileSystem::sync_all() {
    if (retry([&] { return ::syncfs(tree_.root()); }) != 0) return fail_errno("sync", root_);
    return {};
}

Result<std::int64_t> PosixFileSystem::free_bytes() {
    struct statvfs info;
    if (retry([&] { return ::fstatvfs(tree_.root(), &info); }) != 0) return fail_errno("measure", root_);
    return static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize);
}

}  // namespace tw
