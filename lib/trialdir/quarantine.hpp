// Stragglers: protocol/06, "A death that nobody confirmed".
#pragma once

#include <cstdint>

#include "ports/filesystem.hpp"
#include "records/trial.hpp"

namespace tw {

// Renames the trial directory to zombies/<id>.<n>, where a process that still writes by relative paths
// goes on writing, and makes it anew with copies of all its files, hidden ones too: the old inodes may still
// be written to. Links and special files stay behind. Returns the new directory's inode. A crash in between is
// finished by the next call.
Result<std::uint64_t> set_aside(FileSystem& fs, const Trial& trial);

// set_aside() has begun, and the journal does not know yet that it has ended: what has the trial's name now, or
// that nothing has, says nothing about the trial.
bool is_being_set_aside(FileSystem& fs, const Trial& trial);

}  // namespace tw
