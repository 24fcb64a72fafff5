// Ledgers, owners and segments for tests.
#pragma once

#include <gtest/gtest.h>

#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "unit/trialdir/crash.hpp"

namespace tw::test {

inline const std::string one_stage =
    R"({"format": 1, "name": "t", "objectives": [{"name": "cost", "direction": "minimize"}],
        "space": {"lr": {"type": "float", "low": 0.1, "high": 1}},
        "stages": [{"name": "train", "command": ["./train.sh"]}]})";

inline Instant at(double seconds) {
    return Instant(Seconds(1'767'225'600 + seconds));
}

inline Owner owner_called(const std::string& host, std::int64_t pid = 100) {
    Owner owner;
    owner.experiment = "0123456789abcdef";
    owner.host = host;
    owner.boot_id = "boot-1";
    owner.user = "anna";
    owner.pid = pid;
    owner.start_time = 5000;
    owner.since = at(0);
    return owner;
}

inline Event revision_event(std::int64_t number = 1) {
    Event event{EventKind::revision, at(0)};
    event.number = number;
    event.text = one_stage;
    return event;
}

inline Event created(const TrialId& id) {
    Event event{EventKind::created, at(1), id};
    event.state = Trial{};
    event.state->revision = 1;
    return event;
}

inline Event task_event(EventKind kind, const TrialId& id, double time = 2) {
    Event event{kind, at(time), id, "train"};
    event.attempt = 1;
    return event;
}

inline Ledger ledger_of(const std::vector<Event>& events) {
    Ledger ledger;
    for (auto& event : events) EXPECT_TRUE(ledger.apply(event));
    return ledger;
}

inline std::string text_of(const Ledger& ledger) {
    std::string text;
    for (auto& event : ledger.snapshot()) text += write_event(event) + "\n";
    return text;
}

inline std::string path_of(std::int64_t epoch) {
    return layout::journal + "/" + layout::epoch(epoch);
}

}  // namespace tw::test
