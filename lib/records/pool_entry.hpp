// The names of .trialwatch/agents/pool: an empty file for each agent that the watcher submitted.
// protocol/11-agents.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "records/experiment.hpp"

namespace tw {

// "<number>.<backend>.<state>", and behind it the agent's id from `begun` on.
struct PoolEntry {
    enum class State {
        wanted,     // to be submitted, or submitted, and not begun; the watcher's word
        withdrawn,  // not wanted any more before it began; the watcher's, instead of `wanted`
        begun,      // it takes jobs; the agent's word, instead of `wanted`
        left,       // it has left in good order; the agent's
        unused,     // the same, and it had run nothing
        over,       // its job is gone; the watcher's: the highest number is kept
    };
    std::int64_t number = 0;  // from 1, never given twice
    std::string backend;      // pool_backend() of the one that it was submitted to
    State state = State::wanted;
    std::string agent;

    bool operator==(const PoolEntry&) const = default;
};
std::string pool_entry_name(const PoolEntry& entry);
std::optional<PoolEntry> parse_pool_entry(std::string_view name);

// Eight hexadecimal digits that tell one BackendSpec from another, and the processes of one host, which only
// that one can list, from those of another.
std::string pool_backend(const BackendSpec& backend, const std::string& host);

// How a scheduler knows an agent's job. No trial can have this name.
inline const TrialId pool_trial = "@agents";
AttemptKey pool_key(std::int64_t number);

}  // namespace tw
