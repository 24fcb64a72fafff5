// .trialwatch/agents/pool: the agents that the watcher submitted, by their names alone.
// protocol/11-agents.md.
//
// Between `wanted` and what comes next two renames compete, the agent's and the watcher's: one of them finds
// the name, so nobody takes an agent out of a queue that has begun, and none begins that was taken out.
#pragma once

#include <vector>

#include "ports/filesystem.hpp"
#include "records/pool_entry.hpp"

namespace tw {

// By number, one for each: where two were made of one, by a watcher that was overtaken, the one that went on
// counts. Nothing where there is no such directory.
Result<std::vector<PoolEntry>> list_pool(FileSystem& fs);

// Durable. Code::exists where the name is taken.
Status add_to_pool(FileSystem& fs, const PoolEntry& entry);

// Gives the entry another state. false: it has another one meanwhile, or so it looks.
Result<bool> change_in_pool(FileSystem& fs, PoolEntry& entry, PoolEntry::State state);

Status remove_from_pool(FileSystem& fs, const PoolEntry& entry);

std::string pool_log(std::int64_t number);  // what its agent says, relative to the experiment

// What an agent does with its own entry.
class PoolPlace {
public:
    // Begins, or goes on under another id: a job may be started again by its batch system. Nothing where
    // nobody waits for it.
    static Result<std::optional<PoolPlace>> take(FileSystem& fs, std::int64_t number,
                                                 const std::string& agent);

    // Whether it is one of the first `least` that are there or on their way, which stay without work.
    bool stays(FileSystem& fs, int least) const;

    void leave(FileSystem& fs, bool unused);

private:
    explicit PoolPlace(PoolEntry entry) : entry_(std::move(entry)) {}

    PoolEntry entry_;
};

}  // namespace tw
