#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/domains.hpp"
#include "import/formats.hpp"

namespace tw::foreign {

namespace {

const std::vector<std::string> distributions{"constant",
                                             "categorical",
                                             "categorical_w_probabilities",
                                             "int_uniform",
                                             "uniform",
                                             "q_uniform",
                                             "log_uniform",
                                             "log_uniform_values",
                                             "q_log_uniform",
                                             "q_log_uniform_values",
                                             "inv_log_uniform",
                                             "inv_log_uniform_values",
                                             "normal",
                                             "q_normal",
                                             "log_normal",
                                             "q_log_normal",
                                             "beta",
                                             "q_beta"};

bool is_integer(const json::Value& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer();
}

// As W&B infers it where none is stated.
std::string distribution_of(const json::Value& value) {
    if (const auto stated = value.find("distribution"); stated != value.end() && stated->is_string())
        return *stated;
    if (value.contains("values")) return "categorical";
    if (value.contains("value")) return "constant";
    if (value.contains("min") || value.contains("max"))
        return is_integer(value, "min") && is_integer(value, "max") ? "int_uniform" : "uniform";
    return value.contains("mu") || value.contains("sigma") ? "normal" : "";
}

bool take(std::string& word, const std::string& prefix) {
    if (!word.starts_with(prefix)) return false;
    word.erase(0, prefix.size());
    return true;
}

// The exponents of e, for the distributions whose names do not end in "values".
void raise(Numbers& n, bool inverse) {
    for (std::optional<double>* bound : {&n.low, &n.high})
        if (*bound) *bound = without_noise(std::exp(inverse ? -**bound : **bound));
    if (inverse) std::swap(n.low, n.high);
}

std::optional<double> exponential(std::optional<double> value) {
    return value ? std::optional(without_noise(std::exp(*value))) : value;
}

// `kind`: what is left of the distribution's name.
void read_numbers(const json::Value& value, std::string kind, Parameter& parameter,
                  const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    Numbers n;
    n.whole = kind == "int_uniform";
    if (take(kind, "q_")) n.q = number_at(value, "q", pointer, draft, false).value_or(1);
    const bool inverse = take(kind, "inv_");
    n.log = take(kind, "log_");
    if (kind == "normal") {
        n.mean = number_at(value, "mu", pointer, draft, false).value_or(0);
        n.deviation = number_at(value, "sigma", pointer, draft, false).value_or(1);
        if (n.log) n.mean = exponential(n.mean);
    } else {
        n.low = number_at(value, "min", pointer, draft);
        n.high = number_at(value, "max", pointer, draft);
        if (n.log && !kind.ends_with("_values")) raise(n, inverse);
    }
    if (draft.mistakes.errors.size() == before) set_numbers(parameter, n, pointer, draft);
}

void read_beta(Parameter& parameter, const std::string& pointer, Draft& draft) {
    draft.note(pointer, "a beta distribution is not carried over; it becomes a uniform one from 0 to 1");
    Numbers n;
    n.low = 0;
    n.high = 1;
    set_numbers(parameter, n, pointer, draft);
}

void read_categories(const json::Value& value, Parameter& parameter, const std::string& pointer,
                     Draft& draft) {
    std::vector<double> weights;
    if (const auto stated = value.find("probabilities"); stated != value.end())
        if (const auto read = numbers_of(*stated, stated->size(), pointer + "/probabilities", draft))
            weights = *read;
    const auto list = value.find("values");
    set_choices(parameter, list == value.end() ? json::Value() : *list, std::move(weights),
                pointer + "/values", draft);
}

void read_parameter(const std::string& name, const json::Value& value, const std::string& pointer,
                    Draft& draft);

void read_parameters(const std::string& prefix, const json::Value& parameters, const std::string& pointer,
                     Draft& draft) {
    if (!parameters.is_object())
        return draft.mistakes.add(pointer, "'parameters' must be an object of parameters");
    for (const auto& [name, value] : parameters.items())
        read_parameter(prefix + name, value, pointer + "/" + json::escape_pointer(name), draft);
}

void read_parameter(const std::string& name, const json::Value& value, const std::string& pointer,
                    Draft& draft) {
    if (!value.is_object())
        return draft.mistakes.add(
            pointer, fmt::format("a parameter must be an object, not {}", json::kind_name(value)),
            R"({"value": 1} or {"min": 0, "max": 1})");
    if (const auto nested = value.find("parameters"); nested != value.end()) {
        draft.note_others(value, pointer, {"parameters"});
        return read_parameters(name + ".", *nested, pointer + "/parameters", draft);
    }
    Parameter parameter;
    parameter.name = name;
    const std::string kind = distribution_of(value);
    if (kind == "constant")
        set_fixed(parameter, value.contains("value") ? value["value"] : json::Value(), pointer + "/value",
                  draft);
    else if (kind.starts_with("categorical"))
        read_categories(value, parameter, pointer, draft);
    else if (kind.ends_with("beta"))
        read_beta(parameter, pointer, draft);
    else if (std::find(distributions.begin(), distributions.end(), kind) != distributions.end())
        read_numbers(value, kind, parameter, pointer, draft);
    else
        return draft.mistakes.add(
            pointer,
            kind.empty() ? "this parameter has no values" : "there is no distribution '" + kind + "'",
            suggestion(kind, distributions));
    draft.note_others(value, pointer,
                      {"distribution", "value", "values", "probabilities", "min", "max", "mu", "sigma", "q"});
    draft.add(std::move(parameter), pointer);
}

void read_metric(const json::Value& metric, Draft& draft) {
    Objective objective;
    if (!metric.is_object() || !metric.contains("name") || !metric["name"].is_string())
        return draft.mistakes.add("/metric", "'metric' must be an object with a 'name'");
    objective.name = metric["name"];
    if (const auto goal = metric.find("goal"); goal != metric.end() && *goal == "maximize")
        objective.direction = Direction::maximize;
    else if (goal != metric.end() && *goal != "minimize")
        draft.mistakes.add("/metric/goal", "'goal' must be minimize or maximize");
    draft.target = number_at(metric, "target", "/metric", draft, false);
    draft.note_others(metric, "/metric", {"name", "goal", "target"});
    draft.objectives.push_back(std::move(objective));
}

void read_method(const json::Value& method, Draft& draft) {
    if (method == "grid" || method == "random")
        draft.sampler = method;
    else if (method == "bayes")
        draft.sampler = "gp";
    else
        draft.note("/method", "the method is none that W&B documents; the sampler is 'auto'");
}

}  // namespace

bool is_wandb(const json::Value& file) {
    const auto parameters = file.find("parameters");
    return parameters != file.end() && parameters->is_object();
}

void read_wandb(const json::Value& file, Draft& draft) {
    const auto parameters = file.find("parameters");
    if (parameters == file.end()) return draft.mistakes.add("", "the key 'parameters' is missing");
    if (const auto name = file.find("name"); name != file.end() && name->is_string()) draft.title = *name;
    if (const auto metric = file.find("metric"); metric != file.end()) read_metric(*metric, draft);
    if (const auto method = file.find("method"); method != file.end()) read_method(*method, draft);
    if (const auto cap = file.find("run_cap"); cap != file.end())
        if (!json::whole_number(*cap, draft.trials) || draft.trials < 0)
            draft.mistakes.add("/run_cap", "'run_cap' must be a whole number");
    read_parameters("", *parameters, "/parameters", draft);
    draft.note_others(file, "", {"name", "metric", "method", "run_cap", "parameters"});
}

}  // namespace tw::foreign
