#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "records/experiment_reader.hpp"

namespace tw {

namespace {

struct PrunerType {
    std::string name;
    std::vector<std::string> keys;  // besides those of all types
};

const std::vector<PrunerType> types{
    {"none", {}},
    {"asha", {"min", "max", "eta", "promote"}},
    {"hyperband", {"min", "max", "eta", "promote"}},
    {"bohb", {"min", "max", "eta", "promote"}},
    {"median", {"startup_trials", "warmup_steps", "interval"}},
    {"percentile", {"percentile", "startup_trials", "warmup_steps", "interval"}},
    {"patient", {"patience", "min_delta", "pruner"}},
    {"threshold", {"lower", "upper", "warmup_steps", "interval"}},
    {"wilcoxon", {"p_threshold", "startup_steps"}},
};

bool has(const PrunerType& type, const std::string& key) {
    return std::find(type.keys.begin(), type.keys.end(), key) != type.keys.end();
}

std::vector<std::string> type_names() {
    std::vector<std::string> names;
    for (const PrunerType& type : types) names.push_back(type.name);
    return names;
}

std::vector<std::string> types_with(const std::string& key) {
    std::vector<std::string> names;
    for (const PrunerType& type : types)
        if (has(type, key)) names.push_back(type.name);
    return names;
}

const PrunerType& type_of(const std::string& name) {
    return *std::find_if(types.begin(), types.end(), [&](auto& type) { return type.name == name; });
}

// "none" takes them all, so that one word switches a pruner off.
void refuse_strangers(ObjectReader& reader, const std::string& name) {
    if (name == "none") return;
    const PrunerType& mine = type_of(name);
    for (const PrunerType& type : types)
        for (const std::string& key : type.keys)
            if (!has(mine, key) && types_with(key).front() == type.name && reader.find(key))
                reader.wrong(key, fmt::format("'{}' is a key of {}, not of the pruner '{}'", key,
                                              join(types_with(key), ", "), name));
}

void read_real(ObjectReader& reader, const std::string& key, double& out, double least, double most) {
    double value = 0;
    if (!reader.real(key, value)) return;
    if (value >= least && value <= most)
        out = value;
    else
        reader.wrong(key, std::isinf(most) ? fmt::format("'{}' must be at least {}", key, least)
                                           : fmt::format("'{}' must be from {} to {}", key, least, most));
}

void read_rungs(ObjectReader& reader, PrunerSpec& pruner) {
    reader.whole("min", pruner.min, 1);
    reader.whole("max", pruner.max, 0);
    read_real(reader, "eta", pruner.eta, 1.1, 1e6);
    reader.boolean("promote", pruner.promote);
    if (pruner.max > 0 && pruner.max < pruner.min)
        reader.wrong("max", "'max' must not be less than 'min'");
    else if ((pruner.type == "hyperband" || pruner.type == "bohb") && pruner.max == 0)
        reader.wrong(reader.find("max") ? "max" : "type",
                     fmt::format("{} needs 'max': the steps of a whole trial", pruner.type));
}

void read_limits(ObjectReader& reader, PrunerSpec& pruner) {
    double limit = 0;
    if (reader.real("lower", limit)) pruner.lower = limit;
    if (reader.real("upper", limit)) pruner.upper = limit;
    if (pruner.lower && pruner.upper && *pruner.lower > *pruner.upper)
        reader.wrong("upper", "'upper' must not be less than 'lower'");
    if (pruner.type == "threshold" && !pruner.lower && !pruner.upper && !reader.find("lower") &&
        !reader.find("upper"))
        reader.wrong("type", "a threshold needs 'lower', 'upper' or both");
}

void read_settings(ObjectReader& reader, PrunerSpec& pruner) {
    read_rungs(reader, pruner);
    read_limits(reader, pruner);
    read_real(reader, "percentile", pruner.percentile, 0, 100);
    reader.whole("startup_trials", pruner.startup_trials, 0);
    reader.whole("warmup_steps", pruner.warmup_steps, 0);
    reader.whole("interval", pruner.interval, 1);
    reader.whole("patience", pruner.patience, 0);
    read_real(reader, "min_delta", pruner.min_delta, 0, INFINITY);
    read_real(reader, "p_threshold", pruner.p_threshold, 0, 1);
    reader.whole("startup_steps", pruner.startup_steps, 0);
    if (pruner.type == "patient") reader.require("patience");
}

// An objective's direction holds for a metric of its name; a metric that is none has its own.
void read_metric(ObjectReader& reader, PrunerSpec& pruner, const std::vector<Objective>& objectives) {
    const int word = reader.one_of("direction", {"minimize", "maximize"});
    const bool stated = reader.text("metric", pruner.metric);
    if (stated && pruner.metric.empty()) reader.wrong("metric", "'metric' must name a metric");
    if (!stated && !objectives.empty()) pruner.metric = objectives.front().name;
    if (word >= 0) pruner.direction = static_cast<Direction>(word);
    for (const Objective& objective : objectives) {
        if (objective.name != pruner.metric) continue;
        if (word >= 0 && pruner.direction != objective.direction)
            reader.wrong("direction",
                         fmt::format("the objective '{}' has the other direction", objective.name),
                         "leave it out");
        pruner.direction = objective.direction;
    }
}

// Who is promoted is told by results.
void check_promotion(ObjectReader& reader, const PrunerSpec& pruner) {
    for (const char* key : {"metric", "direction"})
        if (pruner.promote && reader.find(key))
            reader.wrong(key, fmt::format("'{}' has no meaning with 'promote'", key),
                         "leave it out: the first objective in result.json decides who is promoted");
}

// The one inside looks at the same metric.
void read_wrapped(ObjectReader& reader, PrunerSpec& pruner, const std::string& pointer, Mistakes& mistakes) {
    const json::Value* found = reader.find("pruner");
    if (!found) return;
    ObjectReader inside(*found, pointer, mistakes);
    inside.require("type");
    const int word = inside.one_of("type", type_names());
    if (word < 0) return;
    PrunerSpec wrapped;
    wrapped.type = types[static_cast<std::size_t>(word)].name;
    if (wrapped.type == "patient" || wrapped.type == "none")
        return inside.wrong("type", fmt::format("a patient pruner cannot wrap '{}'", wrapped.type));
    read_settings(inside, wrapped);
    if (wrapped.promote)
        inside.wrong("promote", "a patient pruner stops trials, and 'promote' stops none", "leave it out");
    refuse_strangers(inside, wrapped.type);
    inside.refuse_unknown();
    wrapped.metric = pruner.metric;
    wrapped.direction = pruner.direction;
    pruner.wrapped.push_back(std::move(wrapped));
}

}  // namespace

PrunerSpec read_pruner(const json::Value& value, const std::string& pointer,
                       const std::vector<Objective>& objectives, Mistakes& mistakes) {
    PrunerSpec pruner;
    ObjectReader reader(value, pointer, mistakes);
    read_word(reader, "type", "pruner", type_names(), pruner.type);
    read_metric(reader, pruner, objectives);
    read_settings(reader, pruner);
    if (pruner.type == "none") pruner.promote = false;
    check_promotion(reader, pruner);
    read_wrapped(reader, pruner, pointer + "/pruner", mistakes);
    refuse_strangers(reader, pruner.type);
    reader.refuse_unknown();
    return pruner;
}

}  // namespace tw
