// JSON of journal records. Private to the records floor. take() and the readers throw; read_event and
// read_trial catch.
#pragma once

#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "records/trial.hpp"

namespace tw {

using JournalJson = nlohmann::ordered_json;

// Fields at their default are left out.
template <class T>
void put(JournalJson& json, const char* key, const T& value) {
    if (!(value == T{})) json[key] = value;
}
inline void put(JournalJson& json, const char* key, const Instant& value) {
    if (value != Instant{}) json[key] = value.time_since_epoch().count();
}

template <class T>
void take(const JournalJson& json, const char* key, T& value) {
    if (auto found = json.find(key); found != json.end()) value = found->get<T>();
}
inline void take(const JournalJson& json, const char* key, Instant& value) {
    if (auto found = json.find(key); found != json.end()) value = Instant(Seconds(found->get<double>()));
}

JournalJson outcome_to_json(const Outcome& outcome);
Outcome outcome_from_json(const JournalJson& json);
JournalJson trial_to_json(const Trial& trial);
Trial trial_from_json(const JournalJson& json);

}  // namespace tw
