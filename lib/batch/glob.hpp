// File name patterns as in glob(7): * ? [a-z] [!a-z], and \ before a plain character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/filesystem.hpp"

namespace tw {

// One name, no '/'. A leading '.' is only matched by a '.' of the pattern.
bool glob_match(std::string_view pattern, std::string_view name);

struct GlobMatch {
    std::string path;  // written as the pattern was
    FileKind kind = FileKind::file;
};

// What there is, by listings; temporary names are left out. Sorted by bytes, as the shell does in the C
// locale. `pattern` is relative to `directory` (a path of `fs`) or lies under fs.root().
Result<std::vector<GlobMatch>> glob_files(FileSystem& fs, const std::string& directory,
                                          const std::string& pattern);

// The path of `fs` that `path`, relative to `directory` or under fs.root(), names. Code::refused when
// it is outside.
Result<std::string> path_inside(FileSystem& fs, const std::string& directory, const std::string& path);

}  // namespace tw
