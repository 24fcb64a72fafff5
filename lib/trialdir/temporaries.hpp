// Temporary names say who made them, so that those of the dead can be told from those of the living.
#pragma once

#include <string>

#include "ports/filesystem.hpp"
#include "ports/process.hpp"

namespace tw {

// The end of a nonce: "<host>-<pid>x<start time>".
std::string maker_name(const std::string& host, const ProcessId& id);
std::string maker_name(const HostIdentity& self);

// `name` is a temporary name, made on this host by a process that is not there any more, or by this one,
// which has none in the making when it asks. Names that do not say their maker, and those of other hosts, are
// not abandoned.
bool is_abandoned(const std::string& name, Processes& processes);

// Removes abandoned files. What cannot be removed now is found again; a temporary name is never read.
void remove_abandoned(FileSystem& fs, const std::string& directory, Processes& processes);

}  // namespace tw
