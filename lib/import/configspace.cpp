#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "import/domains.hpp"
#include "import/formats.hpp"

namespace tw::foreign {

namespace {

const std::vector<std::string> types{"uniform_float", "uniform_int",   "normal_float", "normal_int",
                                     "beta_float",    "beta_int",      "categorical",  "ordinal",
                                     "constant",      "unparametrized"};

json::Value at(const json::Value& object, const std::string& key) {
    const auto found = object.find(key);
    return found == object.end() ? json::Value() : *found;
}

std::string text_at(const json::Value& object, const std::string& key) {
    const json::Value value = at(object, key);
    return value.is_string() ? value.get<std::string>() : "";
}

// Releases before 1.0 write the mean of a logarithmic normal distribution as a logarithm and the deviation as
// it is; later ones the mean as a value, and take |log(lower + sigma)| for the deviation.
void read_normal(const json::Value& item, Numbers& n, bool old, const std::string& pointer, Draft& draft) {
    n.mean = number_at(item, "mu", pointer, draft);
    n.deviation = number_at(item, "sigma", pointer, draft);
    if (!n.log || !n.mean || !n.deviation) return;
    if (old) {
        n.mean = without_noise(std::exp(*n.mean));
    } else if (n.low) {
        n.deviation = std::abs(std::log(*n.low + *n.deviation));
        if (!std::isfinite(*n.deviation)) n.mean.reset(), n.deviation.reset();
    }
}

void read_numbers(const json::Value& item, const std::string& type, Parameter& parameter, bool old,
                  const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    const bool normal = type.starts_with("normal");
    Numbers n;
    n.whole = type.ends_with("_int");
    n.log = at(item, "log") == true;
    for (auto [key, bound] : {std::pair{"lower", &n.low}, {"upper", &n.high}})
        if (!normal || !at(item, key).is_null()) *bound = number_at(item, key, pointer, draft);
    if (normal) read_normal(item, n, old, pointer, draft);
    if (normal && n.low.has_value() != n.high.has_value())
        draft.mistakes.add(pointer, "there must be both of 'lower' and 'upper', or none");
    if (type.starts_with("beta"))
        draft.note(
            pointer,
            "a beta distribution is not carried over; it becomes a uniform one between the same bounds");
    if (!at(item, "q").is_null()) n.q = number_at(item, "q", pointer, draft).value_or(0);
    if (normal && n.whole && !n.low && n.q == 0) n.q = 1;
    if (draft.mistakes.errors.size() == before) set_numbers(parameter, n, pointer, draft);
}

void read_categories(const json::Value& item, Parameter& parameter, const std::string& pointer,
                     Draft& draft) {
    std::vector<double> weights;
    for (const char* key : {"weights", "probabilities"})
        if (const json::Value list = at(item, key); list.is_array() && weights.empty())
            weights = numbers_of(list, list.size(), pointer + "/" + key, draft).value_or(weights);
    set_choices(parameter, at(item, "choices"), std::move(weights), pointer + "/choices", draft);
}

void read_domain(const json::Value& item, const std::string& type, Parameter& parameter, bool old,
                 const std::string& pointer, Draft& draft) {
    if (type == "categorical") return read_categories(item, parameter, pointer, draft);
    if (type == "constant" || type == "unparametrized")
        return set_fixed(parameter, at(item, "value"), pointer + "/value", draft);
    if (type != "ordinal") return read_numbers(item, type, parameter, old, pointer, draft);
    set_choices(parameter, at(item, "sequence"), {}, pointer + "/sequence", draft);
    parameter.ordered = true;
}

void read_hyperparameter(const json::Value& item, bool old, const std::string& pointer, Draft& draft) {
    const std::string name = item.is_object() ? text_at(item, "name") : "",
                      type = item.is_object() ? text_at(item, "type") : "";
    if (name.empty()) return draft.mistakes.add(pointer, "a hyperparameter must be an object with a 'name'");
    if (std::find(types.begin(), types.end(), type) == types.end())
        return draft.mistakes.add(pointer, fmt::format("there is no type '{}'", type),
                                  suggestion(type, types));
    const std::size_t before = draft.mistakes.errors.size();
    Parameter parameter{name};
    read_domain(item, type, parameter, old, pointer, draft);
    if (draft.mistakes.errors.size() == before)
        for (const char* key : {"default", "default_value"})
            set_default(parameter, at(item, key), pointer + "/" + key, draft);
    json::Value rest = item;
    if (at(rest, "meta").is_null()) rest.erase("meta");
    draft.note_others(
        rest, pointer,
        {"name", "type", "lower", "upper", "log", "q", "mu", "sigma", "alpha", "beta", "choices", "weights",
         "probabilities", "sequence", "value", "default", "default_value"});
    draft.add(std::move(parameter), pointer);
}

// Every value of a parameter that has few, for conditions that exclude or compare.
std::vector<Scalar> values_of(const Parameter& parameter) {
    return parameter.type == ParameterType::fixed ? std::vector<Scalar>{parameter.value} : parameter.choices;
}

std::vector<Scalar> values_in(const json::Value& list, const std::string& pointer, Draft& draft) {
    std::vector<Scalar> values;
    for (const json::Value& item : list) values.push_back(scalar_of(item, pointer, draft));
    return values;
}

// LT and GT of an ordinal parent go by its order; NEQ leaves the other values.
void keep_compared(Condition& condition, const Parameter& parent, const std::string& type,
                   const Scalar& value) {
    const std::vector<Scalar> all = values_of(parent);
    const auto place =
        std::find_if(all.begin(), all.end(), [&](const Scalar& one) { return same_value(one, value); });
    for (auto one = all.begin(); one != all.end(); ++one)
        if ((type == "NEQ" && one != place) || (type == "LT" && one < place) ||
            (type == "GT" && place != all.end() && one > place))
            condition.values.push_back(*one);
}

// One comparison; nothing, and a note, where `when` cannot say it.
std::optional<Condition> comparison(const json::Value& item, const std::string& type,
                                    const std::string& pointer, Draft& draft) {
    const Parameter* parent = draft.find(text_at(item, "parent"));
    if (!parent) {
        draft.mistakes.add(pointer, fmt::format("there is no hyperparameter '{}'", text_at(item, "parent")));
        return {};
    }
    Condition condition;
    condition.parent = parent->name;
    double number = 0;
    if (type == "EQ") {
        condition.values = {scalar_of(at(item, "value"), pointer, draft)};
    } else if (type == "IN" && at(item, "values").is_array()) {
        condition.values = values_in(at(item, "values"), pointer, draft);
    } else if (!values_of(*parent).empty()) {
        keep_compared(condition, *parent, type, scalar_of(at(item, "value"), pointer, draft));
    } else if ((type == "LT" || type == "GT") && json::number(at(item, "value"), number)) {
        (type == "LT" ? condition.lt : condition.gt) = number;
        return condition;
    }
    if (!condition.values.empty()) return condition;
    draft.note(
        pointer,
        fmt::format("the condition '{}' is not carried over: the parameter always takes part unless others "
                    "switch it off",
                    type));
    return {};
}

constexpr std::size_t most_alternatives = 10'000;  // each is compared with all

// Alternatives for one parent are values of one list.
std::optional<Condition> alternatives(const json::Value& parts, const std::string& pointer, Draft& draft) {
    std::optional<Condition> all;
    if (parts.size() > most_alternatives) {
        draft.mistakes.add(pointer, fmt::format("more than {} alternatives", most_alternatives));
        return {};
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::string type = parts[i].is_object() ? text_at(parts[i], "type") : "";
        const auto one = type == "AND" || type == "OR" || type.empty()
                             ? std::nullopt
                             : comparison(parts[i], type, pointer, draft);
        const bool fits = one && !one->values.empty() && (!all || all->parent == one->parent);
        if (!fits) {
            draft.note(pointer,
                       "alternatives that are not values of one parameter are not carried over: the "
                       "parameter always "
                       "takes part unless others switch it off");
            return {};
        }
        if (!all) all = Condition{one->parent, {}, {}, {}, {}, {}};
        for (const Scalar& value : one->values)
            if (std::none_of(all->values.begin(), all->values.end(),
                             [&](const Scalar& known) { return same_value(known, value); }))
                all->values.push_back(value);
    }
    return all;
}

void read_condition(const json::Value& item, const std::string& child, const std::string& pointer,
                    Draft& draft) {
    const std::string type = item.is_object() ? text_at(item, "type") : "";
    const json::Value parts = item.is_object() ? at(item, "conditions") : json::Value();
    if (type == "AND" && parts.is_array()) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            read_condition(parts[i], child, fmt::format("{}/conditions/{}", pointer, i), draft);
        return;
    }
    static const std::vector<std::string> known{"EQ", "NEQ", "IN", "LT", "GT", "AND", "OR"};
    Parameter* parameter = draft.find(child);
    if (!parameter || std::find(known.begin(), known.end(), type) == known.end())
        return draft.mistakes.add(pointer, parameter ? fmt::format("there is no condition '{}'", type)
                                                     : fmt::format("there is no hyperparameter '{}'", child));
    auto condition =
        type == "OR" ? alternatives(parts, pointer, draft) : comparison(item, type, pointer, draft);
    if (condition && !draft.restrict_to(*parameter, std::move(*condition)))
        draft.mistakes.add(pointer, fmt::format("the conditions of '{}' can never hold together", child));
}

void read_conditions(const json::Value& list, Draft& draft) {
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
        const std::string pointer = fmt::format("/conditions/{}", i);
        read_condition(list[i], list[i].is_object() ? text_at(list[i], "child") : "", pointer, draft);
    }
}

void note_forbidden(const json::Value& list, Draft& draft) {
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
        draft.note(fmt::format("/forbiddens/{}", i),
                   "a forbidden clause is not carried over: such configurations are tried");
}

}  // namespace

bool is_configspace(const json::Value& file) {
    return at(file, "hyperparameters").is_array();
}

void read_configspace(const json::Value& file, Draft& draft) {
    const json::Value list = at(file, "hyperparameters");
    if (!list.is_array()) return draft.mistakes.add("", "there must be a list 'hyperparameters'");
    const bool old = !file.contains("format_version");
    for (std::size_t i = 0; i < list.size(); ++i)
        read_hyperparameter(list[i], old, fmt::format("/hyperparameters/{}", i), draft);
    if (!draft.mistakes.errors.empty()) return;
    draft.title = text_at(file, "name");
    read_conditions(at(file, "conditions"), draft);
    note_forbidden(at(file, "forbiddens"), draft);
    draft.note_others(file, "",
                      {"name", "hyperparameters", "conditions", "forbiddens", "python_module_version",
                       "json_format_version", "format_version"});
}

}  // namespace tw::foreign
