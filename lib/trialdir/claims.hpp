// Claims: who started which attempt. protocol/06-claims-spool-attempts.md.
#pragma once

#include <map>
#include <string>

#include "base/ids.hpp"
#include "ports/filesystem.hpp"
#include "records/event_name.hpp"

namespace tw {

// Makes the trial's claims directory and the gate of this incarnation. Must come before its first
// submission: a wrapper that finds no gate does not start.
Status open_gate(FileSystem& fs, const TrialId& trial, std::int64_t incarnation);

enum class Voided { done, taken };

// Gives an attempt up: creates its claim with the content "void". `done`: it can never start now, also
// when an earlier call did it. `taken`: a wrapper has it; that job is real.
Result<Voided> void_attempt(FileSystem& fs, const TrialId& trial, const AttemptKey& key);

// The claim of an attempt. Code::not_found: nobody claimed it. Code::not_yet: its content is not there.
Result<Claim> read_claim(FileSystem& fs, const TrialId& trial, const AttemptKey& key);

// When the claim was made, by the server's clock.
Result<Instant> claim_time(FileSystem& fs, const TrialId& trial, const AttemptKey& key);

// Names of all claims of a trial; none when it has no directory. Gates are left out.
Result<std::vector<AttemptKey>> list_claims(FileSystem& fs, const TrialId& trial);

// Ends a trial for wrappers: gate first, so that a late one cannot start, then the claims, then the
// directory - again while late wrappers still create claims in it. What is of a later incarnation stays, and
// the directory then: that the trial runs again is not known to an owner that was overtaken.
// `most`: claims that are removed by this call; Code::not_yet: nothing can start, and there are more.
Status close_claims(FileSystem& fs, const TrialId& trial, std::int64_t incarnation,
                    std::int64_t most = 1000000000);

}  // namespace tw
