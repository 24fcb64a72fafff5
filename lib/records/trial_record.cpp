#include "records/trial_record.hpp"

#include <cmath>

#include "records/document_readers.hpp"

namespace tw {

namespace {

constexpr const char *id_key = "id", *config_key = "config";

json::Value outcome_value(const Outcome& outcome) {
    json::Value value = json::Value::object(), values = json::Value::object();
    for (const auto& [name, number] : outcome.values)
        if (std::isfinite(number)) json::append(values, name, number);
    value["seq"] = outcome.seq;
    value["state"] = std::string(to_string(outcome.state));
    if (!outcome.kind.empty()) value["kind"] = outcome.kind;
    value["values"] = std::move(values);
    value["ended"] = outcome.ended.time_since_epoch().count();
    return value;
}

// Strict, for the toolkit alone writes it: anything else than what is written above is no record.
std::optional<Outcome> read_outcome_value(const json::Value& value) {
    Outcome outcome;
    std::string state;
    double ended = 0;
    Mistakes mistakes{{}, {}};
    ObjectReader reader(value, "", mistakes);
    const bool whole = reader.whole("seq", outcome.seq, 1) && reader.text("state", state) && reader.real("ended", ended);
    reader.text("kind", outcome.kind);
    const json::Value* values = reader.find("values");
    const auto known = end_state_from(state);
    if (!whole || !known || !values || !values->is_object() || !mistakes.errors.empty()) return {};
    outcome.state = *known;
    outcome.ended = Instant(Seconds(ended));
    for (const auto& [name, number] : values->items())
        if (double read = 0; json::number(number, read)) outcome.values[name] = read;
    return outcome;
}

std::optional<RecordedTrial> read_line(const std::string& line) {
    const auto document = json::parse(line, {});
    if (!document || !document->is_object()) return {};
    const auto id = document->find(id_key), config = document->find(config_key), outcome = document->find("outcome");
    if (id == document->end() || config == document->end() || outcome == document->end() || !id->is_string()) return {};
    Mistakes mistakes{{}, {}};
    RecordedTrial trial{id->get<std::string>(), config_from(*config, mistakes), {}};
    auto ended = read_outcome_value(*outcome);
    if (!ended || !mistakes.errors.empty() || !is_trial_id(trial.id)) return {};
    trial.outcome = std::move(*ended);
    return trial;
}

}  // namespace

std::string write_recorded(const RecordedTrial& trial) {
    json::Value document = json::Value::object();
    document[id_key] = trial.id;
    document[config_key] = config_value(trial.config);
    document["outcome"] = outcome_value(trial.outcome);
    return json::dump(document);
}

std::vector<RecordedTrial> read_recorded(std::string_view text) {
    std::vector<RecordedTrial> trials;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == text.npos) break;  // torn
        if (auto trial = read_line(std::string(text.substr(0, end)))) trials.push_back(std::move(*trial));
        text.remove_prefix(end + 1);
    }
    return trials;
}

}  // namespace tw
