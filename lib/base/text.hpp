// Small text helpers that the floors share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tw {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);

// At most `most` bytes and "...", cut between characters where it is UTF-8.
std::string shortened(std::string text, std::size_t most);

// Numbers inside names compare by value: flows/2.json before flows/10.json.
bool natural_less(std::string_view a, std::string_view b);

// The candidate nearest to `word` by edit distance, if near enough to be what was meant; else "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// "2G", "512M", "1.5T", "100k", "4096" (bytes; powers of 1024). Errors name the text.
Result<std::int64_t> parse_bytes(std::string_view text);
std::string format_bytes(std::int64_t bytes);

// For a POSIX shell: 'it'\''s'. Plain words stay bare.
std::string shell_quote(std::string_view word);

// XXH3 128 bit of the bytes, as 32 hex digits. For identity of contents, not for secrets.
std::string content_hash(std::string_view bytes);

// CRC-32C (Castagnoli, RFC 3720 appendix B.4).
std::uint32_t crc32c(std::string_view bytes);

// True when the bytes are well-formed UTF-8.
bool valid_utf8(std::string_view bytes);

}  // namespace tw
