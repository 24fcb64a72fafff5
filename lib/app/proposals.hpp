// New trial directories, durable before anybody is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "ports/filesystem.hpp"

namespace tw {

// At most so many together.
inline constexpr std::size_t proposal_batch = 32;

struct Published {
    std::vector<TrialId> ids;  // of the first so many texts
    Status status;             // why not of all; what failed may be there nevertheless
};

// One trial per config.json text, numbered from `first_number` on. Few are synced one by one; many together,
// which may wait for whatever else the filesystem has to write. A power loss in between may keep a later
// one and lose an earlier one.
Published publish_proposals(FileSystem& fs, const std::vector<std::string>& texts, const std::string& nonce,
                            std::int64_t first_number);

// What one that was killed left behind: a directory with nothing but its unpublished config. Only for who
// knows that no other process makes proposals. Whether the directory is gone.
bool remove_leftover(FileSystem& fs, const TrialId& id);

// For the names of unpublished configs, so that they are told from other people's.
std::string proposal_nonce(const std::string& random);

}  // namespace tw
