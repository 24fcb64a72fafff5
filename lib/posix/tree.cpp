#include "posix/tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdint>

#include "ports/path.hpp"

namespace tw {

namespace {

// As in linux/openat2.h, which older systems do not have.
struct OpenHow {
    std::uint64_t flags, mode, resolve;
};
constexpr std::uint64_t no_symlinks = 0x04, beneath = 0x08;
constexpr long openat2_number = 437;

bool is_symlink(int directory, const char* name) {
    struct stat info;
    int saved = errno;
    bool answer = ::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
    errno = saved;
    return answer;
}

// O_DIRECTORY|O_NOFOLLOW answers ENOTDIR for a link; callers must be able to tell.
Fd open_component(int directory, const std::string& name, int flags, mode_t mode) {
    Fd fd(retry([&] { return ::openat(directory, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode); }));
    if (!fd && errno == ENOTDIR && is_symlink(directory, name.c_str())) errno = ELOOP;
    return fd;
}

}  // namespace

Tree::Tree(Fd root, Resolve resolve) : root_(std::move(root)) {
    kernel_ = resolve == Resolve::kernel && open_by_kernel(".", O_PATH | O_DIRECTORY, 0);
}

Fd Tree::open(const std::string& path, int flags, mode_t mode) const {
    if (path.empty()) return Fd(retry([&] { return ::openat(root(), ".", flags | O_CLOEXEC, mode); }));
    return kernel_ ? open_by_kernel(path.c_str(), flags, mode) : open_by_walk(path, flags, mode);
}

Tree::Parent Tree::parent(std::string_view directory) const {
    if (directory.empty()) return Parent(root());
    return Parent(open(std::string(directory), O_PATH | O_DIRECTORY));
}

Fd Tree::open_by_kernel(const char* path, int flags, mode_t mode) const {
    // Not O_NOFOLLOW: with O_PATH that would be the link itself instead of ELOOP.
    OpenHow how{static_cast<std::uint64_t>(flags | O_CLOEXEC), mode, no_symlinks | beneath};
    Fd fd(static_cast<int>(retry([&] { return ::syscall(openat2_number, root(), path, &how, sizeof how); })));
    if (!fd && errno == EXDEV) errno = ELOOP;
    return fd;
}

Fd Tree::open_by_walk(std::string_view path, int flags, mode_t mode) const {
    Fd directory;
    int at = root();
    for (std::size_t slash; (slash = path.find('/')) != path.npos; path.remove_prefix(slash + 1)) {
        Fd next = open_component(at, std::string(path.substr(0, slash)), O_PATH | O_DIRECTORY, 0);
        if (!next) return next;
        directory = std::move(next);
        at = directory.get();
    }
    return open_component(at, std::string(path), flags, mode);
}

}  // namespace tw
