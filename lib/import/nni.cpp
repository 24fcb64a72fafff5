#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/domains.hpp"
#include "import/formats.hpp"

namespace tw::foreign {

namespace {

const std::vector<std::string> types{"choice",      "randint", "uniform", "quniform",  "loguniform",
                                     "qloguniform", "normal",  "qnormal", "lognormal", "qlognormal"};

bool is_parameter(const json::Value& value) {
    return value.is_object() && value.contains("_type");
}

// [low, high, q], [mu, sigma, q] or what of these the type has.
void read_numbers(std::string type, const json::Value& list, Parameter& parameter, const std::string& pointer,
                  Draft& draft) {
    Numbers n;
    const bool quantised = type.starts_with("q");
    const auto values = numbers_of(list, quantised ? 3 : 2, pointer, draft);
    if (!values) return;
    if (quantised) type.erase(0, 1);
    if (quantised) n.q = (*values)[2];
    n.log = type.starts_with("log");
    n.whole = type == "randint";
    const double first = (*values)[0], second = (*values)[1];
    if (type.ends_with("normal")) {
        n.mean = n.log ? without_noise(std::exp(first)) : first;
        n.deviation = second;
    } else {
        n.low = first;
        n.high = n.whole ? second - 1 : second;  // without its upper bound
    }
    if (quantised && n.q <= 0) return draft.mistakes.add(pointer + "/2", "q must be more than 0");
    set_numbers(parameter, n, pointer, draft);
}

void read_parameters(const std::string& prefix, const json::Value& space, const std::string& pointer,
                     const std::vector<Condition>& when, Draft& draft);

// A choice that is an object has a name, and parameters of its own that are there with it alone.
bool is_branch(const json::Value& option) {
    return option.is_object() && option.contains("_name") && option["_name"].is_string();
}

void read_choice(const json::Value& options, Parameter parameter, const std::string& pointer, Draft& draft) {
    const std::string prefix = parameter.name + ".";
    json::Value names = json::Value::array();
    if (options.is_array())
        for (const json::Value& option : options)
            names.push_back(is_branch(option) ? option["_name"] : option);
    set_choices(parameter, names, {}, pointer, draft);
    const std::vector<Condition> outer = parameter.when;
    const std::string original = parameter.name;
    draft.add(std::move(parameter), pointer);
    for (std::size_t i = 0; options.is_array() && i < options.size(); ++i) {
        if (!is_branch(options[i])) continue;
        const std::string branch = options[i]["_name"];
        std::vector<Condition> when = outer;
        when.push_back({draft.name_of(original), {Scalar(branch)}, {}, {}, {}, {}});
        json::Value inner = options[i];
        inner.erase("_name");
        read_parameters(prefix + branch + ".", inner, fmt::format("{}/{}", pointer, i), when, draft);
    }
}

void read_parameter(Parameter parameter, const json::Value& value, const std::string& pointer, Draft& draft) {
    if (!is_parameter(value))
        return draft.mistakes.add(pointer, "a parameter must be an object with '_type' and '_value'");
    draft.note_others(value, pointer, {"_type", "_value"});
    const std::string type = value["_type"].is_string() ? value["_type"] : "";
    const json::Value list = value.contains("_value") ? value["_value"] : json::Value();
    if (type == "choice") return read_choice(list, std::move(parameter), pointer + "/_value", draft);
    if (std::find(types.begin(), types.end(), type) == types.end())
        return draft.mistakes.add(pointer + "/_type", fmt::format("there is no type '{}'", type),
                                  suggestion(type, types));
    read_numbers(type, list, parameter, pointer + "/_value", draft);
    draft.add(std::move(parameter), pointer);
}

void read_parameters(const std::string& prefix, const json::Value& space, const std::string& pointer,
                     const std::vector<Condition>& when, Draft& draft) {
    if (!space.is_object())
        return draft.mistakes.add(pointer, "a search space must be an object of parameters");
    for (const auto& [name, value] : space.items()) {
        Parameter parameter;
        parameter.name = prefix + name;
        parameter.when = when;
        read_parameter(std::move(parameter), value, pointer + "/" + json::escape_pointer(name), draft);
    }
}

std::string sampler_of(const std::string& tuner) {
    if (tuner == "TPE") return "tpe";
    if (tuner == "Random") return "random";
    if (tuner == "GridSearch") return "grid";
    if (tuner == "GP") return "gp";
    return "";
}

void read_tuner(const json::Value& tuner, Draft& draft) {
    if (!tuner.is_object()) return draft.note("/tuner", "'tuner' is not carried over");
    const auto name = tuner.find("name");
    draft.sampler = name != tuner.end() && name->is_string() ? sampler_of(*name) : "";
    if (draft.sampler.empty())
        draft.note("/tuner/name", "there is no sampler that is equal; the sampler is 'auto'");
    draft.note_others(tuner, "/tuner", {"name", "classArgs"});
    const auto arguments = tuner.find("classArgs");
    if (arguments == tuner.end() || !arguments->is_object()) return;
    draft.note_others(*arguments, "/tuner/classArgs", {"optimize_mode"});
    const auto mode = arguments->find("optimize_mode");
    if (mode == arguments->end()) return;
    const bool up = *mode == "maximize";
    draft.objectives.push_back({"default", up ? Direction::maximize : Direction::minimize});
    draft.note("/tuner/classArgs/optimize_mode",
               "the objective is called 'default', as NNI calls the one that is optimised");
}

const char* space_key(const json::Value& file) {
    for (const char* key : {"searchSpace", "search_space"})
        if (file.contains(key)) return key;
    return nullptr;
}

void read_experiment_file(const json::Value& file, const char* key, Draft& draft) {
    if (const auto name = file.find("experimentName"); name != file.end() && name->is_string())
        draft.title = *name;
    const auto whole = [&](const char* of, std::int64_t& out) {
        if (file.contains(of) && (!json::whole_number(file[of], out) || out < 0))
            draft.mistakes.add(std::string("/") + of, fmt::format("'{}' must be a whole number", of));
    };
    whole("maxTrialNumber", draft.trials);
    whole("trialConcurrency", draft.parallel);
    if (file.contains("tuner")) read_tuner(file["tuner"], draft);
    draft.note_others(file, "", {"experimentName", "maxTrialNumber", "trialConcurrency", "tuner", key});
    read_parameters("", file[key], std::string("/") + key, {}, draft);
}

}  // namespace

bool is_nni(const json::Value& file) {
    const char* key = space_key(file);
    if (key) return file[key].is_object();
    return std::any_of(file.begin(), file.end(), is_parameter);
}

void read_nni(const json::Value& file, Draft& draft) {
    if (const char* key = space_key(file)) return read_experiment_file(file, key, draft);
    if (file.contains("searchSpaceFile") || file.contains("trialCommand"))
        return draft.mistakes.add("", "the search space is in another file", "name that one");
    read_parameters("", file, "", {}, draft);
}

}  // namespace tw::foreign
