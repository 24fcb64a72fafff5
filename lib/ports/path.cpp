#include "ports/path.hpp"

namespace tw {

namespace {

tl::unexpected<Error> refuse(std::string_view path, const char* why) {
    return fail(Code::refused, "refusing the path '" + std::string(path) + "': " + why, std::string(path));
}

}  // namespace

Result<std::string> normal_path(std::string_view path) {
    if (!path.empty() && path.front() == '/') return refuse(path, "it is absolute");
    if (path.find('\0') != path.npos) return refuse(path, "it contains a NUL byte");
    std::string normal;
    normal.reserve(path.size());
    for (std::size_t begin = 0; begin < path.size();) {
        std::size_t end = path.find('/', begin);
        if (end == path.npos) end = path.size();
        std::string_view component = path.substr(begin, end - begin);
        begin = end + 1;
        if (component.empty() || component == ".") continue;
        if (component == "..") return refuse(path, "it contains '..'");
        if (!normal.empty()) normal += '/';
        normal += component;
    }
    return normal;
}

SplitPath split_path(std::string_view normal) {
    std::size_t slash = normal.rfind('/');
    if (slash == normal.npos) return {{}, normal};
    return {normal.substr(0, slash), normal.substr(slash + 1)};
}

}  // namespace tw
