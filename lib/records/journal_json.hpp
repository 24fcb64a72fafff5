// JSON of journal records. Private to the records floor. take() and the readers throw; read_event and
// read_trial catch.
#pragma once

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "base/time.hpp"
#include "records/json_reader.hpp"
#include "records/trial.hpp"

namespace tw {

using JournalJson = nlohmann::ordered_json;

// Fields at their default are left out.
template <class T>
void put(JournalJson& json, const char* key, const T& value) {
    if (!(value == T{})) json[key] = value;
}
// Not finite it would be written as null, and the record could not be read again.
inline void put(JournalJson& json, const char* key, const double& value) {
    if (value != 0 && std::isfinite(value)) json[key] = value;
}
inline void put(JournalJson& json, const char* key, const Instant& value) {
    if (value != Instant{} && std::isfinite(value.time_since_epoch().count()))
        json[key] = value.time_since_epoch().count();
}

template <class T>
void take(const JournalJson& json, const char* key, T& value) {
    if (auto found = json.find(key); found != json.end()) value = found->get<T>();
}

// get<> would cut off what does not fit.
template <class T>
T whole(const JournalJson& json, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    if (!json::whole_number(json, number) || number < least || number > most)
        throw std::runtime_error("a number is not whole, or outside its domain: " + json.dump());
    return static_cast<T>(number);
}
inline void take(const JournalJson& json, const char* key, int& value) {
    constexpr int most = std::numeric_limits<int>::max();
    if (auto found = json.find(key); found != json.end()) value = whole<int>(*found, -most, most);
}
inline void take(const JournalJson& json, const char* key, std::int64_t& value) {
    if (auto found = json.find(key); found != json.end())
        value = whole<std::int64_t>(*found, INT64_MIN, INT64_MAX);
}
inline void take(const JournalJson& json, const char* key, std::uint64_t& value) {
    const auto found = json.find(key);
    if (found == json.end()) return;
    const bool large = found->is_number_unsigned();
    value = large ? found->get<std::uint64_t>() : whole<std::uint64_t>(*found, 0, INT64_MAX);
}

// What is counted up from here: never so much that it could run over.
template <class T>
void take_count(const JournalJson& json, const char* key, T& value, int least = 0) {
    constexpr std::int64_t most = std::numeric_limits<T>::max() / 2;
    if (auto found = json.find(key); found != json.end()) value = whole<T>(*found, least, most);
}
inline void take(const JournalJson& json, const char* key, Instant& value) {
    if (auto found = json.find(key); found != json.end()) value = Instant(Seconds(found->get<double>()));
}

// One line of JSON, an object; throws.
JournalJson parse_record(const std::string& text);

JournalJson outcome_to_json(const Outcome& outcome);
Outcome outcome_from_json(const JournalJson& json);
JournalJson trial_to_json(const Trial& trial);
Trial trial_from_json(const JournalJson& json);

}  // namespace tw
