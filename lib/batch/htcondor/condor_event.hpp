// One event of HTCondor's job event log. Manual: "Job Event Log Codes", "Reading the Job Event Log".
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace tw {

struct CondorId {
    std::int64_t cluster = 0;
    std::int64_t proc = 0;  // -1: the cluster itself, where its jobs are made one after another
    auto operator<=>(const CondorId&) const = default;
    std::string text() const { return std::to_string(cluster) + "." + std::to_string(proc); }
};

enum class CondorEventKind {
    submitted,          // 000
    executing,          // 001
    evicted,            // 004
    terminated,         // 005
    shadow_exception,   // 007
    aborted,            // 009: removed
    suspended,          // 010
    resumed,            // 011
    held,               // 012
    released,           // 013
    starter_error,      // 021
    disconnected,       // 022
    reconnected,        // 023
    reconnect_failed,   // 024
    factory_submitted,  // 035
    factory_removed,    // 036
    other,              // known to be of no interest, or not known
};

struct CondorEvent {
    CondorEventKind kind = CondorEventKind::other;
    int number = 0;
    CondorId job;
    std::string time;    // as it is written, in the zone of who wrote it
    std::string title;   // what follows the time: "Job was held."
    std::string host;    // executing, reconnected, and where an error names it
    std::string notes;   // submitted, factory_submitted: submit_event_notes
    std::string reason;  // of a hold, a removal, an exception; one line
    int status = 0;      // terminated: 0-255, or 128+n when ended by signal n
    int hold_code = 0, hold_subcode = 0;
    bool ended_there = false;  // aborted: the execute node told that the job is gone
};

}  // namespace tw
