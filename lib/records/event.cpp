#include "records/event.hpp"

#include <cmath>
#include <cstdlib>

#include "records/event_brief.hpp"
#include "records/journal_json.hpp"

namespace tw {

std::string_view to_string(EventKind kind) {
    switch (kind) {
        case EventKind::submitted: return "submitted";
        case EventKind::accepted: return "accepted";
        case EventKind::started: return "started";
        case EventKind::ok: return "ok";
        case EventKind::failed: return "failed";
        case EventKind::timeout: return "timeout";
        case EventKind::infra: return "infra";
        case EventKind::lost: return "lost";
        case EventKind::voided: return "voided";
        case EventKind::frozen: return "frozen";
        case EventKind::broken: return "broken";
        case EventKind::marker: return "marker";
        case EventKind::created: return "created";
        case EventKind::stop: return "stop";
        case EventKind::kill: return "kill";
        case EventKind::retry: return "retry";
        case EventKind::moved: return "moved";
        case EventKind::vanished: return "vanished";
        case EventKind::concluded: return "concluded";
        case EventKind::settled: return "settled";
        case EventKind::revision: return "revision";
        case EventKind::paused: return "paused";
        case EventKind::resumed: return "resumed";
        case EventKind::snapshot: return "snapshot";
        case EventKind::released: return "released";
    }
    std::abort();
}

std::optional<EventKind> event_kind_from(std::string_view word) {
    for (int i = 0; i < event_kinds; ++i)
        if (to_string(static_cast<EventKind>(i)) == word) return static_cast<EventKind>(i);
    return std::nullopt;
}

std::string write_event(const Event& event) {
    JournalJson json;
    json["event"] = to_string(event.kind);
    json["at"] =
        std::isfinite(event.at.time_since_epoch().count()) ? event.at.time_since_epoch().count() : 0.0;
    put(json, "trial", event.trial);
    put(json, "stage", event.stage);
    put(json, "task", event.task);
    put(json, "attempt", event.attempt);
    put(json, "rc", event.rc);
    put(json, "flag", event.flag);
    put(json, "started", event.started);
    put(json, "host", event.host);
    put(json, "text", event.text);
    put(json, "why", event.why);
    put(json, "number", event.number);
    put(json, "list", event.list);
    if (event.outcome) json["outcome"] = outcome_to_json(*event.outcome);
    if (event.state) json["state"] = trial_to_json(*event.state);
    return json.dump(-1, ' ', false, JournalJson::error_handler_t::replace);
}

namespace {

Event event_from_json(const JournalJson& json) {
    Event event;
    auto kind = event_kind_from(json.at("event").get<std::string>());
    if (!kind) throw std::runtime_error("unknown event '" + json.at("event").get<std::string>() + "'");
    event.kind = *kind;
    take(json, "at", event.at);
    take(json, "trial", event.trial);
    take(json, "stage", event.stage);
    take_count(json, "task", event.task);
    take_count(json, "attempt", event.attempt);
    take(json, "rc", event.rc);
    take(json, "flag", event.flag);
    take(json, "started", event.started);
    take(json, "host", event.host);
    take(json, "text", event.text);
    take(json, "why", event.why);
    take(json, "number", event.number);
    take(json, "list", event.list);
    if (json.contains("outcome")) event.outcome = outcome_from_json(json.at("outcome"));
    if (json.contains("state")) event.state = trial_from_json(json.at("state"));
    return event;
}

}  // namespace

Result<Event> read_event(const std::string& text) try {
    return event_from_json(parse_record(text));
} catch (const std::exception& error) {
    return fail(Code::invalid, std::string("a journal record cannot be read: ") + error.what());
}

}  // namespace tw
