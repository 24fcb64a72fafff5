// Whole reads and writes on descriptors.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ports/filesystem.hpp"
#include "posix/fd.hpp"

namespace tw {

// All of it, over short writes. False with errno set.
bool write_all(int fd, std::string_view bytes);

// `size` bytes from `offset`, fewer at the end of the file. False with errno set.
bool read_some(int fd, std::int64_t offset, std::int64_t size, std::string& out);

// Takes the descriptor of a new file; `path` is for messages. After an error every call fails.
std::unique_ptr<Appender> make_appender(Fd file, std::string path);

}  // namespace tw
