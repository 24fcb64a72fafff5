// What agents and the watcher tell each other: names and documents of .trialwatch/agents.
// protocol/11-agents.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "records/experiment.hpp"

namespace tw {

// The name of a job's file says whose it is and what it needs, so that an agent opens only what it takes:
// "<trial>.<key>.<cpus>.<MiB>.<gpus>.<nodes>.<ranks>.<seconds>.<grace>". Memory is rounded up to MiB, times
// to seconds; 0 where nothing is said (grace: none).
struct AgentJobName {
    TrialId trial;
    AttemptKey key;
    Resources resources;  // without options
    Seconds grace{30};    // between TERM and KILL
};
std::string job_file_name(const AgentJobName& job);
Result<AgentJobName> parse_job_file_name(std::string_view name);

// What a job's file holds.
struct AgentJob {
    std::string directory;                 // absolute; where it starts
    std::vector<std::string> argv;         // the wrapper and its arguments
    std::vector<std::string> environment;  // "K=V", added to the agent's own
    std::string output, error;             // absolute, appended to; may be equal
    Seconds silence{300};                  // without a new beat it is taken back
    std::vector<int> cpus{};  // that its agent pins it to; not in the file
};
// Code::invalid where a text is no UTF-8: JSON cannot hold it.
Result<std::string> write_agent_job(const AgentJob& job);
Result<AgentJob> read_agent_job(const std::string& text, const std::string& file);

// One host of an agent that covers several.
struct AgentHost {
    std::string name;
    int cpus = 0;             // what the agent fills of it
    std::int64_t memory = 0;  // bytes
    int gpus = 0;
    bool operator==(const AgentHost&) const = default;
};

// agent.json: who an agent is. Written once, when its folder is made.
struct AgentCard {
    std::string host, boot_id, user;
    std::int64_t pid = 0, start_time = 0;
    Instant since{};
    Seconds beat{10};             // between two signs of life
    std::optional<Instant> ends;  // of its allocation, by its own clock
    int cpus = 0;                 // of all its hosts, as are the next two
    std::int64_t memory = 0;      // bytes
    int gpus = 0;
    std::string allocation;        // what its batch system calls it: "slurm 4711"; "" where it is in none
    std::vector<AgentHost> hosts;  // of a wide one; empty: `host` alone
};

// How long an agent with this beat may be silent before what it holds, with this `silence` in its file, is
// taken back: one or two beats may be late, whatever the file says.
inline Seconds longest_silence(Seconds silence, Seconds beat) {
    return std::max(silence, 4 * beat);
}

// What an agent keeps of its time for its own end: a job needs it beyond its grace until all is told.
constexpr Seconds agent_slack{5};

std::string write_agent_card(const AgentCard& card);
Result<AgentCard> read_agent_card(const std::string& text, const std::string& file);

// "<host>.<nonce>"; the dot tells it from "queue".
bool is_agent_id(std::string_view name);

// Other names in an agent's folder.
struct AgentNote {
    enum class Kind {
        beat,   // "beat.<n>": a sign of life; a new name each time
        end,    // "end.<trial>.<key>": the watcher wants TERM sent
        kill,   // "kill.<trial>.<key>"
        drain,  // "drain": claim nothing more, and leave when all has ended
        left,   // "left": it has ended in good order; nothing of its jobs lives
    };
    Kind kind = Kind::beat;
    std::int64_t number = 0;  // of a beat
    TrialId trial;            // of end and kill
    AttemptKey key;
};
std::string agent_note_name(const AgentNote& note);
std::optional<AgentNote> parse_agent_note(std::string_view name);

}  // namespace tw
