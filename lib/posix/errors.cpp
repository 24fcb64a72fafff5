#include "posix/errors.hpp"

#include <cerrno>
#include <system_error>

namespace tw {

namespace {

Code code_of(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT: return Code::no_space;
        case ESTALE: return Code::stale;
        case EEXIST:
        case ENOTEMPTY: return Code::exists;
        case ENOENT:
        case ENOTDIR:
        case ESRCH: return Code::not_found;
        case EACCES:
        case EPERM:
        case EROFS: return Code::permission;
        case ELOOP:
        case EISDIR: return Code::refused;
        default: return Code::io;
    }
}

std::string describe(int number) {
    if (number == ELOOP) return "a symbolic link is in the way";
    return std::generic_category().message(number);
}

}  // namespace

Error system_error(int number, std::string_view action, std::string_view path) {
    Error error;
    error.code = code_of(number);
    error.file = path.empty() ? "." : std::string(path);
    error.what = "cannot " + std::string(action) + " " + error.file + ": " + describe(number);
    return error;
}

tl::unexpected<Error> fail_errno(std::string_view action, std::string_view path) {
    return fail(system_error(errno, action, path));
}

}  // namespace tw
