// What the journal holds: facts, in order. Replaying them through lifecycle::step gives the state.
// The written form is protocol/07-journal-takeover.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "records/documents.hpp"
#include "records/trial.hpp"

namespace tw {

enum class EventKind {
    // about one task's current attempt
    submitted,  // intent to hand it over; durable before the scheduler hears of it
    accepted,   // the scheduler took it: `text` is its job id
    started,    // its claim was seen
    ok,         // exit 0 and the marker, where one is declared
    failed,     // the script's own failure: `rc`, `text`
    timeout,    // ran longer than its limit
    infra,      // could not start, through no fault of the script
    lost,       // claimed, and gone without a word; `flag`: the death is confirmed; `number` 1: an agent whose time was
                // over had ended it, which is not counted
    voided,     // given up before it could start; `text`: why, when the backend refused it
    // about one stage
    frozen,     // the array's list: `list`; `flag`: from the generated submit file
    broken,     // the stage cannot run at all (its submit file is wrong, ...): `text`
    marker,     // its marker was seen
    // about the trial
    created,    // `state`: identity. Again while waiting: bound to a newer revision
    stop,       // `text`: by whom; `flag`: from the pruner
    kill,       // `text`: by whom
    retry,      // `text`: by whom; `number`: the revision it goes on with
    moved,      // the directory of a straggler was set aside and rebuilt; `number`: the new inode
    vanished,   // its directory was removed, or is another one
    concluded,  // the last word: `outcome`
    settled,    // outcome published, claims removed
    // about the experiment
    revision,   // experiment.json as it was read: `number`, `text`; `list`: "script=hash"
    paused,     // `text`: why; `flag`: by a person
    resumed,
    snapshot,   // a whole trial: `state`; `number`: the highest seq given to any trial so far
    released,   // the owner left in good order; anybody may take over
};
inline constexpr int event_kinds = 25;

std::string_view to_string(EventKind kind);

struct Event {
    EventKind kind = EventKind::created;
    Instant at{};
    TrialId trial;             // empty for events about the experiment
    std::string stage;
    std::int64_t task = 0;
    std::int64_t attempt = 0;
    int rc = 0;
    bool flag = false;
    Instant started{};         // ended attempts: when the claim was made, where known
    std::string host;
    std::string text;
    std::int64_t number = 0;
    std::vector<std::string> list;
    std::optional<Outcome> outcome;
    std::optional<Trial> state;  // created (identity fields) and snapshot
    std::string why;             // stop, kill: the reason that was given
};

// One line of JSON without newline; only fields that are set.
std::string write_event(const Event& event);
Result<Event> read_event(const std::string& text);

}  // namespace tw
