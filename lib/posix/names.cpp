// The calls of PosixFileSystem that change names, and opening its root.
#include <fcntl.h>
#include <sys/stat.h>

#include <boost/filesystem/operations.hpp>
#include <cstdio>
#include <cstdlib>

#include "ports/path.hpp"
#include "posix/errors.hpp"
#include "posix/filesystem.hpp"

namespace tw {

namespace {

struct Entry {
    Tree::Parent parent;
    std::string name;
};

// Where `path` is to be made, moved or removed; errno set where the parent cannot be opened.
Result<Entry> entry_of(const Tree& tree, std::string_view action, const std::string& path) {
    auto normal = normal_path(path);
    if (!normal) return fail(normal.error());
    if (normal->empty()) {
        return fail(Code::refused, "cannot " + std::string(action) + " the root directory", path);
    }
    auto [directory, name] = split_path(*normal);
    Entry entry{tree.parent(directory), std::string(name)};
    if (!entry.parent) return fail_errno(action, path);
    return entry;
}

// `to`, by the handle of `from`'s directory if it is the same.
Result<Entry> entry_beside(const Tree& tree, std::string_view action, const Entry& source,
                           const std::string& from, const std::string& to) {
    auto first = normal_path(from), second = normal_path(to);
    if (second && !second->empty() && split_path(*first).directory == split_path(*second).directory) {
        return Entry{Tree::Parent(source.parent.get()), std::string(split_path(*second).name)};
    }
    return entry_of(tree, action, to);
}

bool same_file(const char* a, const char* b) {
    struct stat first, second;
    return ::stat(a, &first) == 0 && ::stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

// $PWD keeps the name that a person knows, getcwd() the one behind automounts and links.
boost::filesystem::path working_directory() {
    const char* pwd = std::getenv("PWD");
    if (pwd && pwd[0] == '/' && same_file(pwd, ".")) return pwd;
    boost::system::error_code ignored;
    return boost::filesystem::current_path(ignored);
}

std::string absolute_name(const boost::filesystem::path& root) {
    boost::filesystem::path whole = root.is_absolute() ? root : working_directory() / root;
    boost::filesystem::path tidy = whole.lexically_normal();
    if (tidy.filename() == "." || tidy.filename() == "/") tidy.remove_filename();
    std::string text = same_file(tidy.c_str(), root.c_str()) ? tidy.string() : whole.string();
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    return text;
}

}  // namespace

Result<std::unique_ptr<FileSystem>> PosixFileSystem::open(const boost::filesystem::path& root,
                                                          Resolve resolve) {
    boost::filesystem::path given = root.empty() ? boost::filesystem::path(".") : root;
    Fd fd(retry([&] { return ::open(given.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (!fd) return fail_errno("open the directory", given.string());
    return std::unique_ptr<FileSystem>(new PosixFileSystem(std::move(fd), absolute_name(given), resolve));
}

Status PosixFileSystem::make_directory(const std::string& path) {
    auto entry = entry_of(tree_, "make the directory", path);
    if (!entry) return fail(entry.error());
    if (retry([&] { return ::mkdirat(entry->parent.get(), entry->name.c_str(), 0777); }) == 0) return {};
    return fail_errno("make the directory", path);
}

template <class Call>
Status PosixFileSystem::between(std::string_view action, const std::string& from, const std::string& to,
                                Call call) {
    auto source = entry_of(tree_, action, from);
    if (!source) return fail(source.error());
    auto target = entry_beside(tree_, action, *source, from, to);
    if (!target) return fail(target.error());
    int a = source->parent.get(), b = target->parent.get();
    if (retry([&] { return call(a, source->name.c_str(), b, target->name.c_str()); }) == 0) return {};
    auto failure = fail_errno(action, from + " to " + to);
    failure.value().file = to;
    return failure;
}

Status PosixFileSystem::link(const std::string& from, const std::string& to) {
    int number = 0;
    auto linked = between("link", from, to, [&](int a, const char* b, int c, const char* d) {
        int result = ::linkat(a, b, c, d, 0);
        number = result == 0 ? 0 : errno;
        return result;
    });
    if (number == EPERM || number == EOPNOTSUPP || number == ENOSYS) {
        linked.error().code = Code::refused;
        linked.error().hint = "this filesystem has no hard links";
    }
    return linked;
}

Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
    return between("rename", from, to,
                   [](int a, const char* b, int c, const char* d) { return ::renameat(a, b, c, d); });
}

Status PosixFileSystem::symlink(const std::string& target, const std::string& path) {
    auto entry = entry_of(tree_, "make the link", path);
    if (!entry) return fail(entry.error());
    const char* name = entry->name.c_str();
    if (retry([&] { return ::symlinkat(target.c_str(), entry->parent.get(), name); }) == 0) return {};
    return fail_errno("make the link", path);
}

Status PosixFileSystem::unlink(const std::string& path, int flags) {
    auto entry = entry_of(tree_, "remove", path);
    if (!entry) return fail(entry.error());
    const char* name = entry->name.c_str();
    if (retry([&] { return ::unlinkat(entry->parent.get(), name, flags); }) == 0) return {};
    return fail_errno("remove", path);
}

Status PosixFileSystem::remove(const std::string& path) {
    return unlink(path, 0);
}

Status PosixFileSystem::remove_directory(const std::string& path) {
    return unlink(path, AT_REMOVEDIR);
}

}  // namespace tw
