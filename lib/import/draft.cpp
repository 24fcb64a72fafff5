#include "import/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace tw::foreign {

namespace {

constexpr std::size_t most_parameters = 1000;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_allowed(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// As protocol/04 wants them.
std::string usable(std::string name) {
    for (char& c : name)
        if (!is_allowed(c)) c = '_';
    if (name.empty() || !is_letter(name[0])) name = "p" + name;
    name.resize(std::min<std::size_t>(name.size(), 64));
    return name == "experiment" || name == "trial" ? name + "_" : name;
}

bool in_limits(const Condition& range, const Scalar& value) {
    double number = 0;
    return as_number(value, number) && !(range.ge && number < *range.ge) &&
           !(range.gt && number <= *range.gt) && !(range.le && number > *range.le) &&
           !(range.lt && number >= *range.lt);
}

template <class Better>
void tighten(std::optional<double>& bound, const std::optional<double>& other, Better better) {
    if (other && (!bound || better(*other, *bound))) bound = other;
}

void keep_common(std::vector<Scalar>& values, const Condition& other) {
    std::erase_if(values, [&](const Scalar& value) {
        if (other.values.empty()) return !in_limits(other, value);
        return std::none_of(other.values.begin(), other.values.end(),
                            [&](const Scalar& wanted) { return same_value(wanted, value); });
    });
}

json::Value json_of(double value, bool whole) {
    return whole ? json::Value(static_cast<std::int64_t>(value)) : json::Value(value);
}

json::Value json_of(const std::vector<Scalar>& values) {
    json::Value list = json::Value::array();
    for (const Scalar& value : values) list.push_back(json::value_of(value));
    return list;
}

json::Value json_of(const Condition& condition) {
    if (condition.values.size() == 1) return json::value_of(condition.values.front());
    if (!condition.values.empty()) return json_of(condition.values);
    json::Value range = json::Value::object();
    const auto limit = [&](const char* key, const std::optional<double>& bound) {
        if (bound) range[key] = *bound;
    };
    limit("ge", condition.ge);
    limit("gt", condition.gt);
    limit("le", condition.le);
    limit("lt", condition.lt);
    return range;
}

json::Value json_of(const Prior& prior) {
    if (!prior.weights.empty()) return {{"weights", prior.weights}};
    return {{"mean", prior.mean}, {"std", prior.std}};
}

void write_range(const Parameter& p, json::Value& out) {
    const bool whole = p.type == ParameterType::integer;
    out["low"] = json_of(p.low, whole);
    out["high"] = json_of(p.high, whole);
    if (p.step > 0) out["step"] = json_of(p.step, whole);
    if (p.log) out["log"] = true;
}

json::Value json_of(const Parameter& p) {
    static const char* const types[] = {"float", "int", "categorical", "fixed"};
    json::Value out{{"type", types[static_cast<int>(p.type)]}};
    if (p.type == ParameterType::fixed)
        out["value"] = json::value_of(p.value);
    else if (p.type == ParameterType::categorical)
        out["choices"] = json_of(p.choices);
    else
        write_range(p, out);
    if (p.ordered) out["ordered"] = true;
    if (p.default_value) out["default"] = json::value_of(*p.default_value);
    if (p.prior) out["prior"] = json_of(*p.prior);
    for (const Condition& condition : p.when) out["when"][condition.parent] = json_of(condition);
    return out;
}

std::string one_line(const json::Value& value) {
    std::string text = json::dump(value);
    text.pop_back();  // the newline
    return text;
}

json::Value json_of(const Objective& objective) {
    return {{"name", objective.name},
            {"direction", objective.direction == Direction::maximize ? "maximize" : "minimize"}};
}

}  // namespace

void Draft::add(Parameter parameter, const std::string& pointer) {
    const std::string original = parameter.name;
    if (space.parameters.size() >= most_parameters) {  // each is compared with all
        if (!std::exchange(full_, true))
            mistakes.add(pointer, fmt::format("more than {} parameters", most_parameters));
        return;
    }
    if (names_.contains(original))
        return mistakes.add(pointer, "there are two parameters '" + original + "'");
    std::string name = usable(original);
    for (int n = 2; space.find(name); ++n) name = usable(original).substr(0, 58) + fmt::format("_{}", n);
    if (name != original)
        note(pointer, fmt::format("'{}' is called '{}' here: names are letters, digits, '_', '-' and '.'",
                                  original, name));
    names_[original] = parameter.name = name;
    space.parameters.push_back(std::move(parameter));
}

std::string Draft::name_of(const std::string& original) const {
    const auto found = names_.find(original);
    return found == names_.end() ? "" : found->second;
}

Parameter* Draft::find(const std::string& original) {
    const std::string name = name_of(original);
    for (Parameter& parameter : space.parameters)
        if (parameter.name == name) return &parameter;
    return nullptr;
}

bool Draft::restrict_to(Parameter& child, Condition condition) {
    for (Condition& known : child.when) {
        if (known.parent != condition.parent) continue;
        if (known.values.empty() && !condition.values.empty()) std::swap(known, condition);
        if (!known.values.empty()) {
            keep_common(known.values, condition);
            return !known.values.empty();
        }
        tighten(known.ge, condition.ge, std::greater<>{});
        tighten(known.gt, condition.gt, std::greater<>{});
        tighten(known.le, condition.le, std::less<>{});
        tighten(known.lt, condition.lt, std::less<>{});
        return true;
    }
    child.when.push_back(std::move(condition));
    return true;
}

void Draft::note_others(const json::Value& object, const std::string& pointer,
                        const std::vector<std::string>& known) {
    for (const auto& [key, value] : object.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            note(pointer + "/" + json::escape_pointer(key), fmt::format("'{}' is not carried over", key));
}

// A line for each parameter, as people write it.
std::string Draft::text() const {
    std::vector<std::string> parts{fmt::format("\"format\": {}", experiment_format)};
    const auto add = [&](const char* key, const json::Value& value) {
        parts.push_back(fmt::format("\"{}\": {}", key, one_line(value)));
    };
    if (!title.empty()) add("name", title);
    json::Value list = json::Value::array(), optimizer = json::Value::object();
    for (const Objective& objective : objectives) list.push_back(json_of(objective));
    if (!list.empty()) add("objectives", list);
    std::vector<std::string> lines;
    for (const Parameter& parameter : space.parameters)
        lines.push_back(fmt::format("    \"{}\": {}", parameter.name, one_line(json_of(parameter))));
    parts.push_back("\"space\": {\n" + join(lines, ",\n") + "\n  }");
    if (!sampler.empty()) optimizer["sampler"] = sampler;
    if (trials >= 0) optimizer["trials"] = trials;
    if (parallel >= 0) optimizer["parallel"] = parallel;
    if (target) optimizer["stop"]["target"] = *target;
    if (!optimizer.empty()) add("optimizer", optimizer);
    return "{\n  " + join(parts, ",\n  ") + "\n}\n";
}

}  // namespace tw::foreign
