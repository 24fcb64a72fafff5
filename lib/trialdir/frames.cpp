#include "trialdir/frames.hpp"

#include <cstdint>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::size_t head = 8;

void put_u32(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift & 0xff));
}

std::uint32_t get_u32(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return value;
}

}  // namespace

std::string frame(std::string_view payload) {
    std::string out;
    out.reserve(payload.size() + head);
    put_u32(out, static_cast<std::uint32_t>(payload.size()));
    put_u32(out, crc32c(payload));
    return out.append(payload);
}

std::optional<std::string_view> next_frame(std::string_view bytes, std::size_t& at) {
    if (bytes.size() - at < head) return std::nullopt;
    std::uint32_t length = get_u32(bytes, at);
    // Length 0 is what a file that grew without its bytes shows, and its checksum would be right.
    if (length == 0 || bytes.size() - at - head < length) return std::nullopt;
    std::string_view payload = bytes.substr(at + head, length);
    if (crc32c(payload) != get_u32(bytes, at + 4)) return std::nullopt;
    at += head + length;
    return payload;
}

}  // namespace tw
