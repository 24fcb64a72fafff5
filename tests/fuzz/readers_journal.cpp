#include <algorithm>

#include "base/text.hpp"
#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"
#include "records/event_brief.hpp"
#include "records/trial_record.hpp"
#include "trialdir/journal.hpp"

namespace tw::fuzz {

namespace {

std::string written(const Segment& segment) {
    std::string text;
    for (const Event& found : segment.events) text += write_event(found) + "\n";
    return text;
}

std::string snapshot_of(const Ledger& ledger) {
    std::string text;
    for (const Event& found : ledger.snapshot()) text += write_event(found) + "\n";
    return text;
}

// Less of the file is never another history, nor a longer one.
void look_at_beginning(const std::string& bytes, std::size_t size, const Segment& whole) {
    const auto part = read_segment(bytes.substr(0, size), file_name);
    if (!part) return (void)checked(part.error(), file_name);
    demand(written(whole).starts_with(written(*part)), "a shorter file tells other events");
    demand(part->length <= static_cast<std::int64_t>(size), "more was read than was there");
    demand(part->torn == (part->length < static_cast<std::int64_t>(size)), "a torn tail was not seen");
}

// A ledger is what its snapshot says, and so it is after the next takeover.
void look_at_replay(const Segment& segment) {
    const auto ledger = replay(segment);
    if (!ledger) return demand(!ledger.error().what.empty(), "an error that says nothing");
    Segment next;
    next.events = ledger->snapshot();
    const auto again = replay(next);
    demand(again.has_value(), "the snapshot of a ledger cannot be replayed");
    demand(snapshot_of(*again) == snapshot_of(*ledger), "the snapshot of a ledger is another one");
    (void)ledger->live_jobs();
}

std::optional<Code> look_at_segment(const std::string& bytes) {
    const auto found = read_segment(bytes, file_name);
    if (!found) return checked(found.error(), file_name);
    demand(found->length <= static_cast<std::int64_t>(bytes.size()), "more was read than was there");
    demand(found->torn == (found->length < static_cast<std::int64_t>(bytes.size())),
           "a torn tail was not seen");
    const std::size_t length = static_cast<std::size_t>(found->length);
    for (std::size_t size : {length, length - 1, length / 2, length * 3 / 4})
        look_at_beginning(bytes, size, *found);
    look_at_replay(*found);
    return {};
}

}  // namespace

std::optional<Code> segment(const std::string& bytes) {
    return look_at_segment(bytes);
}

std::optional<Code> history(const std::string& bytes) {
    std::string framed = "trialwatch journal 1\n";
    for (const std::string& line : split(bytes, '\n'))
        if (!line.empty()) framed += frame(line);
    return look_at_segment(framed);
}

// Only what the event is about, of whatever kind; the rest where a digest asks for it.
static void look_at_brief(const EventBrief& brief, const Event& whole) {
    demand(brief.kind == whole.kind, "a brief of another kind");
    if (whole.kind == EventKind::concluded && whole.outcome)
        demand(brief.seq == whole.outcome->seq, "a brief with another seq");
    if (whole.kind != EventKind::snapshot || !whole.state) return;
    const Trial& trial = *whole.state;
    demand(brief.ended == is_ended(trial.state), "a brief of another state");
    demand(brief.run == trial.run && brief.k == trial.k, "a brief of another proposal");
}

std::optional<Code> event(const std::string& bytes) {
    const auto found = read_event(bytes);
    const auto brief = read_event_brief(bytes);
    demand(brief || !found, "what is an event has no brief");
    if (!found) return checked(found.error(), "");
    look_at_brief(*brief, *found);
    demand(std::isfinite(found->at.time_since_epoch().count()), "no point in time");
    if (found->outcome) demand_finite(found->outcome->values);
    const std::string text = write_event(*found);
    demand(text.find('\n') == text.npos && valid_utf8(text), "not one line of UTF-8");
    survives(*found, read_event, write_event);
    if (found->state) survives(*found->state, read_trial, write_trial);
    return {};
}

// Whatever is taken is kept as it is.
std::optional<Code> recorded(const std::string& bytes) {
    const auto trial = read_recorded(bytes);
    if (!trial) return Code::invalid;
    const std::string text = write_recorded(*trial);
    const auto again = read_recorded(text);
    demand(again && write_recorded(*again) == text, "a recorded trial does not survive");
    demand_finite(trial->outcome.values);
    return {};
}

}  // namespace tw::fuzz
