// Names that the protocol gives to things. See protocol/01-layout-names.md.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tw {

// A trial's directory name: six or more digits (at most eighteen), or a name that a person chose
// ([A-Za-z][A-Za-z0-9_-]*, at most 64 characters). "@before" and "@after" are the toolkit's own:
// the trial-like runs of the `once` stages. No dot ever, so that ids can stand in event names.
using TrialId = std::string;

Status check_trial_id(std::string_view id);  // what a person may use; "@..." is refused
bool is_trial_id(std::string_view id);       // that, or "@before" or "@after"
bool is_numbered(std::string_view id);       // six to eighteen digits
TrialId numbered_trial(std::int64_t number);  // 42 -> "000042"

// Stage names: [a-z][a-z0-9_-]*, at most 32 characters.
Status check_stage_name(std::string_view name);

// One start of a user's script: the key of a claim. Written "<incarnation>.<stage>.<task>.<attempt>".
struct AttemptKey {
    std::int64_t incarnation = 1;  // counts re-creations and re-openings of the trial
    std::string stage;
    std::int64_t task = 0;     // 0 for a single-task stage, else the 1-based line of the frozen list
    std::int64_t attempt = 1;  // counts from 1, never reused within an incarnation

    auto operator<=>(const AttemptKey&) const = default;
    std::string name() const;
    static Result<AttemptKey> parse(std::string_view name);
};

// A tag for schedulers: at most 15 characters, a letter first, [a-z0-9] (old PBS and Grid Engine
// names). The same attempt of the same experiment always has the same token.
std::string make_token(std::string_view experiment_id, std::string_view trial, const AttemptKey& key);

}  // namespace tw
