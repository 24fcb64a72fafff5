#include <fmt/format.h>

#include <algorithm>

#include "import/domains.hpp"
#include "import/formats.hpp"

namespace tw::foreign {

namespace {

const std::vector<std::string> names{"FloatDistribution",       "IntDistribution",
                                     "CategoricalDistribution", "UniformDistribution",
                                     "LogUniformDistribution",  "DiscreteUniformDistribution",
                                     "IntUniformDistribution",  "IntLogUniformDistribution"};

// distribution_to_json gives a text; what is in it is as good.
json::Value distribution_of(const json::Value& value) {
    if (!value.is_string()) return value;
    auto inner = json::parse(value.get<std::string>(), "");
    return inner ? std::move(*inner) : json::Value();
}

bool is_distribution(const json::Value& value) {
    const json::Value inner = distribution_of(value);
    return inner.is_object() && inner.contains("attributes") && inner.contains("name") &&
           inner["name"].is_string();
}

bool flag(const json::Value& attributes, const char* key) {
    const auto found = attributes.find(key);
    return found != attributes.end() && *found == true;
}

void read_numbers(const std::string& name, const json::Value& attributes, Parameter& parameter,
                  const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    Numbers n;
    n.low = number_at(attributes, "low", pointer, draft);
    n.high = number_at(attributes, "high", pointer, draft);
    n.whole = name.starts_with("Int");
    n.log = name.find("Log") != name.npos || flag(attributes, "log");
    const char* key = name == "DiscreteUniformDistribution" ? "q" : "step";
    const auto step = attributes.find(key);
    double stride = 0;
    if (step != attributes.end() && !step->is_null())
        stride = number_at(attributes, key, pointer, draft).value_or(0);
    draft.note_others(attributes, pointer, {"low", "high", "log", key});
    if (draft.mistakes.errors.size() > before) return;
    if (stride < 0) return draft.mistakes.add(pointer, fmt::format("'{}' must be more than 0", key));
    set_numbers(parameter, n, pointer, draft);
    // Steps count from `low`, as here.
    const bool counts = parameter.type == ParameterType::integer ? stride > 1 : stride > 0;
    parameter.step = parameter.type != ParameterType::fixed && counts ? stride : 0;
    if (parameter.step <= parameter.high - parameter.low) return;
    parameter = Parameter{parameter.name};
    set_fixed(parameter, attributes["low"], pointer, draft);
}

}  // namespace

bool is_optuna(const json::Value& file) {
    return !file.empty() && std::all_of(file.begin(), file.end(), is_distribution);
}

void read_optuna(const json::Value& file, Draft& draft) {
    for (const auto& [original, value] : file.items()) {
        const std::string pointer = "/" + json::escape_pointer(original);
        const json::Value distribution = distribution_of(value);
        if (!is_distribution(distribution)) {
            draft.mistakes.add(pointer, "this is no distribution of Optuna",
                               "what distribution_to_json writes");
            continue;
        }
        const std::string name = distribution["name"];
        const json::Value& attributes = distribution["attributes"];
        Parameter parameter{original};
        if (std::find(names.begin(), names.end(), name) == names.end() || !attributes.is_object())
            draft.mistakes.add(pointer, fmt::format("there is no distribution '{}'", name),
                               suggestion(name, names));
        else if (name == "CategoricalDistribution")
            set_choices(parameter, attributes.contains("choices") ? attributes["choices"] : json::Value(), {},
                        pointer, draft);
        else
            read_numbers(name, attributes, parameter, pointer, draft);
        draft.add(std::move(parameter), pointer);
    }
}

}  // namespace tw::foreign
