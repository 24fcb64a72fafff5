#include <fmt/format.h>

#include <cmath>

#include "records/documents.hpp"
#include "records/object_reader.hpp"

namespace tw {

namespace {

constexpr int outcome_format = 1;
const std::vector<std::string> state_words = {"complete", "pruned", "failed", "killed"};

void read_values(ObjectReader& reader, Outcome& outcome) {
    const json::Value* values = reader.find("values");
    if (!values) return;
    if (!values->is_object()) return reader.wrong("values", "'values' must be an object of numbers");
    for (const auto& [name, value] : values->items()) {
        if (!value.is_number())
            return reader.wrong("values", fmt::format("the value '{}' must be a number", name));
        outcome.values[name] = value.get<double>();
    }
}

bool read_tasks(const json::Value& list, std::vector<std::int64_t>& out) {
    if (!list.is_array()) return false;
    for (const json::Value& task : list)
        if (!json::whole_number(task, out.emplace_back()) || out.back() < 0) return false;
    return true;
}

void read_failed_tasks(ObjectReader& reader, Outcome& outcome) {
    const json::Value* stages = reader.find("failed_tasks");
    if (!stages) return;
    if (!stages->is_object())
        return reader.wrong("failed_tasks", "'failed_tasks' must be an object of lists");
    for (const auto& [stage, tasks] : stages->items())
        if (!read_tasks(tasks, outcome.failed_tasks[stage]))
            return reader.wrong("failed_tasks",
                                fmt::format("the failed tasks of '{}' must be a list of numbers", stage));
}

void read_ended(ObjectReader& reader, Outcome& outcome) {
    std::string text;
    if (!reader.text("ended", text)) return;
    if (const auto instant = parse_instant(text); instant)
        outcome.ended = *instant;
    else
        reader.wrong("ended", "'ended': " + instant.error().what);
}

Outcome read_fields(ObjectReader& reader) {
    Outcome outcome;
    reader.require("seq");
    reader.whole("seq", outcome.seq, 0);
    reader.require("state");
    if (const int word = reader.one_of("state", state_words); word >= 0)
        outcome.state = static_cast<EndState>(word);
    reader.text("reason", outcome.reason);
    reader.text("kind", outcome.kind);
    reader.text("stage", outcome.stage);
    read_values(reader, outcome);
    read_failed_tasks(reader, outcome);
    reader.whole("attempts", outcome.attempts, 0);
    if (reader.real("seconds", outcome.seconds) && outcome.seconds < 0)
        reader.wrong("seconds", "'seconds' must not be negative");
    read_ended(reader, outcome);
    reader.text("by", outcome.by);
    return outcome;
}

}  // namespace

std::string_view to_string(EndState state) {
    return state_words[static_cast<std::size_t>(state)];
}

std::optional<EndState> end_state_from(std::string_view text) {
    for (std::size_t i = 0; i < state_words.size(); ++i)
        if (state_words[i] == text) return static_cast<EndState>(i);
    return {};
}

// Keys that are not known are left alone: what is added within a format may be ignored.
Result<Outcome> read_outcome(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file, {.longest = outcome_limit});
    if (!document) return fail(document.error());
    Mistakes mistakes{file, {}};
    ObjectReader reader(*document, "", mistakes);
    Outcome outcome;
    if (reader.format(outcome_format)) outcome = read_fields(reader);
    if (mistakes.errors.empty()) return outcome;
    return fail(mistakes.first(text));
}

std::string write_outcome(const Outcome& outcome) {
    json::Value values = json::Value::object(), failed = json::Value::object();
    for (const auto& [name, value] : outcome.values)
        if (std::isfinite(value)) json::append(values, name, value);
    for (const auto& [stage, tasks] : outcome.failed_tasks) json::append(failed, stage, tasks);
    json::Value document;
    document["format"] = outcome_format;
    document["seq"] = outcome.seq;
    document["state"] = std::string(to_string(outcome.state));
    document["reason"] = outcome.reason;
    document["kind"] = outcome.kind;
    document["stage"] = outcome.stage;
    document["values"] = values;
    document["failed_tasks"] = failed;
    document["attempts"] = outcome.attempts;
    document["seconds"] = std::isfinite(outcome.seconds) ? outcome.seconds : 0.0;
    document["ended"] = format_instant(outcome.ended, true);
    document["by"] = outcome.by;
    return json::dump(document, 2);
}

}  // namespace tw
