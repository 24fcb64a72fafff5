// Facts in the names of empty files. Grammar: protocol/06-claims-spool-attempts.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace tw {

enum class SpoolKind {
    exit,     // x: the script ended with `rc`; `marker`: its done file was there
    blocked,  // b: the claim was taken; the wrapper left without starting the script
    timeout,  // t: the wrapper was told to end (TERM) while the script ran
    infra,    // i: the wrapper could not start the script (rc 75), with `rc` a reason number
    evicted,  // e: an agent tells the script to end, for its own time is over; before it does so
    bell,     // r: a request was written for the trial
};

struct SpoolEvent {
    SpoolKind kind = SpoolKind::exit;
    TrialId trial;
    AttemptKey key;  // all but bell
    int rc = 0;
    bool marker = false;
    std::string host;
    std::string nonce;  // [A-Za-z0-9]+, makes the name unique
};

// "x.<trial>.<incarnation>.<stage>.<task>.<attempt>.<rc>.<marker>.<host>.<nonce>", "b...", "t...",
// "i..." and "e..." alike, bell: "r.<trial>.<nonce>", where "@experiment" stands for pause and resume.
std::string event_name(const SpoolEvent& event);
Result<SpoolEvent> parse_event_name(std::string_view name);

// Which of the 16 spool directories a trial's events go to: "00" ... "15": the last two decimal
// digits of a numbered trial modulo 16, "00" for any other name. The submitter tells the wrapper.
std::string spool_shard(std::string_view trial);

// Names that are never ours to read: temporary ones ("." first or ".tmp" last), ".nfsXXXX", "x~".
bool is_temporary(std::string_view name);

// What a claim file contains: "<host> <boot id> <pid> <start time> <nonce>\n", or "void\n".
struct Claim {
    bool voided = false;
    std::string host, boot_id;
    std::int64_t pid = 0, start_time = 0;
    std::string nonce;
};
Result<Claim> parse_claim(std::string_view text);  // Code::not_yet when empty or without its newline

}  // namespace tw
