// Opening below a root directory without ever following a symbolic link or leaving it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "posix/fd.hpp"

namespace tw {

enum class Resolve {
    kernel,  // openat2, where the kernel has it and lets us
    walk,    // one openat per component
};

// All paths are as normal_path gives them. Failures leave errno set; ELOOP stands for every refused link.
class Tree {
public:
    // Falls back to Resolve::walk where openat2 is missing or forbidden (old kernels, seccomp).
    Tree(Fd root, Resolve resolve);

    int root() const { return root_.get(); }

    // `path` itself, links refused there too. O_CLOEXEC is added.
    Fd open(const std::string& path, int flags, mode_t mode = 0) const;

    // A handle of a directory for *at calls. Not kept from call to call: a renamed trial directory must
    // not be reached under its old name.
    class Parent {
    public:
        explicit Parent(int borrowed) : fd_(borrowed) {}
        explicit Parent(Fd owned) : owned_(std::move(owned)), fd_(owned_.get()) {}
        explicit operator bool() const { return fd_ >= 0; }
        int get() const { return fd_; }

    private:
        Fd owned_;
        int fd_;
    };
    Parent parent(std::string_view directory) const;

private:
    Fd open_by_kernel(const char* path, int flags, mode_t mode) const;
    Fd open_by_walk(std::string_view path, int flags, mode_t mode) const;

    Fd root_;
    bool kernel_;
};

}  // namespace tw
