// Who owns an epoch: the first record of a journal segment, and the lease of the optimizer.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tw {

inline constexpr int journal_format = 1;

struct Owner {
    std::string experiment;  // id
    std::int64_t epoch = 0;
    std::string host, boot_id, user;
    std::int64_t pid = 0, start_time = 0;
    std::int64_t sealed = 0;  // valid bytes of the segment before; later bytes there are void
    std::int64_t head = -1;   // events of the snapshot, where this epoch was taken from another; else -1
    Instant since{};
};

std::string write_owner(const Owner& owner);
Result<Owner> read_owner(const std::string& text, const std::string& file);

}  // namespace tw
