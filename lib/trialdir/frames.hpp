// How bytes of the toolkit's own are kept so that a torn end is noticed: protocol/07, 7.1.
//     u32 length | u32 crc32c(payload) | payload        (little endian; 0 is no length)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tw {

std::string frame(std::string_view payload);

// The payload of the frame at `at`, which is moved to where the next begins; nothing, and `at` stays, when no
// whole frame is there. A view into `bytes`.
std::optional<std::string_view> next_frame(std::string_view bytes, std::size_t& at);

}  // namespace tw
