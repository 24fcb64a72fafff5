// Which system calls are durable, and what they are about.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <climits>
#include <map>

#include "tracee.hpp"

namespace strike {

namespace {

using Info = __ptrace_syscall_info;

std::string read_text(pid_t pid, unsigned long long address) {
    std::string text(PATH_MAX, '\0');
    iovec here{text.data(), text.size()}, there{reinterpret_cast<void*>(address), text.size()};
    // What lies beyond the page may be unreadable; so less and less is asked for.
    for (ssize_t got = -1; there.iov_len > 0 && got < 0; there.iov_len /= 2)
        got = ::process_vm_readv(pid, &here, 1, &there, 1, 0);
    return text.c_str();
}

std::string link_text(const std::string& path) {
    char text[PATH_MAX];
    ssize_t size = ::readlink(path.c_str(), text, sizeof text);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
}

std::string path_of_fd(pid_t pid, int fd) {
    std::string process = "/proc/" + std::to_string(pid);
    return link_text(fd == AT_FDCWD ? process + "/cwd" : process + "/fd/" + std::to_string(fd));
}

// How the arguments of a call say what it is about.
enum class Shape {
    fd,         // (fd, ...)
    path,       // (path, ...)
    at,         // (fd, path, ...)
    two_paths,  // (path, path)
    two_at,     // (fd, path, fd, path)
    link_text,  // (text, path)
    link_at,    // (text, fd, path)
    open,       // (path, flags)
    open_at,    // (fd, path, flags)
    open_at2,   // (fd, path, how)
    process
};

struct Kind {
    const char* name;
    Shape shape;
};

const std::map<unsigned long long, Kind> kinds{
    {SYS_open, {"open", Shape::open}},
    {SYS_creat, {"creat", Shape::path}},
    {SYS_openat, {"openat", Shape::open_at}},
    {SYS_openat2, {"openat2", Shape::open_at2}},
    {SYS_write, {"write", Shape::fd}},
    {SYS_writev, {"writev", Shape::fd}},
    {SYS_pwrite64, {"pwrite", Shape::fd}},
    {SYS_pwritev, {"pwritev", Shape::fd}},
    {SYS_ftruncate, {"ftruncate", Shape::fd}},
    {SYS_truncate, {"truncate", Shape::path}},
    {SYS_fallocate, {"fallocate", Shape::fd}},
    {SYS_fsync, {"fsync", Shape::fd}},
    {SYS_fdatasync, {"fdatasync", Shape::fd}},
    {SYS_syncfs, {"syncfs", Shape::fd}},
    {SYS_rename, {"rename", Shape::two_paths}},
    {SYS_renameat, {"renameat", Shape::two_at}},
    {SYS_renameat2, {"renameat2", Shape::two_at}},
    {SYS_link, {"link", Shape::two_paths}},
    {SYS_linkat, {"linkat", Shape::two_at}},
    {SYS_symlink, {"symlink", Shape::link_text}},
    {SYS_symlinkat, {"symlinkat", Shape::link_at}},
    {SYS_unlink, {"unlink", Shape::path}},
    {SYS_unlinkat, {"unlinkat", Shape::at}},
    {SYS_mkdir, {"mkdir", Shape::path}},
    {SYS_mkdirat, {"mkdirat", Shape::at}},
    {SYS_rmdir, {"rmdir", Shape::path}},
    {SYS_fork, {"fork", Shape::process}},
    {SYS_vfork, {"vfork", Shape::process}},
    {SYS_clone, {"clone", Shape::process}},
    {SYS_clone3, {"clone3", Shape::process}},
    {SYS_execve, {"execve", Shape::process}},
    {SYS_execveat, {"execveat", Shape::process}},
};

class Reader {
public:
    Reader(pid_t pid, const Info& info) : pid_(pid), words_(info.entry.args) {}

    std::string fd(int word) const { return path_of_fd(pid_, static_cast<int>(words_[word])); }
    std::string path(int word) const { return below(path_of_fd(pid_, AT_FDCWD), word); }
    std::string at(int word) const { return below(fd(word), word + 1); }

    bool creates(Shape shape) const {
        unsigned long long flags = shape == Shape::open ? words_[1] : words_[2];
        if (shape == Shape::open_at2) flags = how();
        return (flags & (O_CREAT | O_TRUNC)) != 0;
    }

    std::string about(Shape shape) const {
        switch (shape) {
            case Shape::fd: return fd(0);
            case Shape::path:
            case Shape::open: return path(0);
            case Shape::at:
            case Shape::open_at:
            case Shape::open_at2: return at(0);
            case Shape::two_paths: return path(0) + " " + path(1);
            case Shape::two_at: return at(0) + " " + at(2);
            case Shape::link_text: return path(1);
            case Shape::link_at: return at(1);
            case Shape::process: return "";
        }
        return "";
    }

private:
    std::string below(const std::string& directory, int word) const {
        std::string text = read_text(pid_, words_[word]);
        return text.starts_with('/') ? text : directory + "/" + text;
    }

    unsigned long long how() const {
        open_how result{};
        iovec here{&result, sizeof result}, there{reinterpret_cast<void*>(words_[2]), sizeof result};
        return ::process_vm_readv(pid_, &here, 1, &there, 1, 0) > 0 ? result.flags : 0;
    }

    pid_t pid_;
    const decltype(Info{}.entry.args) & words_;
};

}  // namespace

std::optional<Call> Tracee::durable(const std::string& root) const {
    Info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info) <= 0) return {};
    auto found = kinds.find(info.entry.nr);
    if (found == kinds.end()) return {};
    auto [name, shape] = found->second;
    Reader reader(pid_, info);
    bool opens = shape == Shape::open || shape == Shape::open_at || shape == Shape::open_at2;
    if (opens && !reader.creates(shape)) return {};
    if (shape == Shape::process) return Call{name, "", true};
    std::string about = reader.about(shape);
    if (!about.starts_with(root)) return {};
    for (std::size_t at; (at = about.find(root)) != about.npos;) about.replace(at, root.size(), "");
    return Call{name, about, false};
}

}  // namespace strike
