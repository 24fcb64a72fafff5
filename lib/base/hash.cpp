#include <fmt/format.h>

#include <array>
#include <boost/endian/conversion.hpp>
#include <cstring>

#include "base/text.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tw {

std::string content_hash(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

namespace {

// "Slicing by 8": M. Kounavis, F. Berry, "A systematic approach to building high performance software-based
// CRC generators" (2005). tables[n][b] is the remainder of byte b with n zero bytes behind it.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78u : 0u);
        tables[0][byte] = crc;
    }
    for (std::size_t n = 1; n < 8; ++n)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[n][byte] = tables[n - 1][byte] >> 8 ^ tables[0][tables[n - 1][byte] & 255];
    return tables;
}

constexpr Tables tables = make_tables();

std::uint64_t word_at(std::string_view bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    return boost::endian::little_to_native(word);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        const std::uint64_t word = word_at(bytes) ^ crc;
        crc = 0;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][word >> 8 * i & 255];
    }
    for (const char byte : bytes) crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(byte)) & 255];
    return ~crc;
}

}  // namespace tw
