#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "records/space_reader.hpp"

namespace tw {

namespace {

// Each is compared with all.
constexpr std::size_t most_parameters = 1000, most_choices = 10000;

// Beyond this, doubles skip whole numbers.
constexpr std::int64_t largest_whole = std::int64_t{1} << 53;

bool usable_name(const std::string& name) {
    auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto allowed = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && name.size() <= 64 && letter(name[0]) &&
           std::all_of(name.begin(), name.end(), allowed);
}

void check_name(const std::string& name, const std::string& pointer, Mistakes& mistakes) {
    if (!usable_name(name))
        mistakes.add(pointer, fmt::format("'{}' cannot be the name of a parameter", name),
                     "a letter and then letters, digits, '_', '-' and '.', at most 64 characters");
    else if (name == "experiment" || name == "trial")
        mistakes.add(pointer, fmt::format("'{}' cannot be the name of a parameter", name),
                     fmt::format("{{{}}} already means a directory in commands", name));
}

// The same text for the same value only: 2.0 is 2.
std::string text_of_value(const Scalar& value) {
    const auto* real = std::get_if<double>(&value);
    const bool whole = real && *real >= -0x1p63 && *real < 0x1p63 && std::floor(*real) == *real;
    const Scalar plain = whole ? Scalar(static_cast<std::int64_t>(*real)) : value;
    return std::to_string(plain.index()) + to_text(plain);
}

bool read_scalars(const json::Value& list, std::vector<Scalar>& out) {
    for (const json::Value& item : list)
        if (!read_scalar(item, out.emplace_back())) return false;
    return true;
}

bool read_bound(ObjectReader& reader, const std::string& key, Parameter& parameter, double& out) {
    if (!reader.require(key)) return false;
    std::int64_t whole = 0;
    if (parameter.type == ParameterType::real) return reader.real(key, out);
    if (!reader.whole(key, whole, -largest_whole, largest_whole)) return false;
    out = static_cast<double>(whole);
    return true;
}

void read_step(ObjectReader& reader, Parameter& parameter) {
    if (!reader.find("step")) return;
    std::int64_t whole = 0;
    if (parameter.type == ParameterType::integer) {
        if (reader.whole("step", whole, 1, largest_whole)) parameter.step = static_cast<double>(whole);
    } else if (reader.real("step", parameter.step)) {
        if (parameter.step <= 0) reader.wrong("step", "'step' must be more than 0");
        if (parameter.log) reader.wrong("step", "'step' and 'log' cannot go together on a float");
    }
}

void read_range(ObjectReader& reader, Parameter& parameter) {
    const bool low = read_bound(reader, "low", parameter, parameter.low);
    const bool high = read_bound(reader, "high", parameter, parameter.high);
    reader.boolean("log", parameter.log);
    read_step(reader, parameter);
    if (low && parameter.log && parameter.low <= 0)
        reader.wrong("low", "'low' must be more than 0 when 'log' is true");
    if (!low || !high) return;
    if (!(parameter.low < parameter.high))
        reader.wrong("low", "'low' must be less than 'high'");
    else if (!std::isfinite(parameter.high - parameter.low))
        reader.wrong("high", "the range is too wide");
    else if (parameter.step > parameter.high - parameter.low)
        reader.wrong("step", "'step' is longer than the range");
}

void read_choices(ObjectReader& reader, Parameter& parameter) {
    reader.boolean("ordered", parameter.ordered);
    const json::Value* list = reader.require("choices");
    if (!list) return;
    if (!list->is_array() || list->empty() || !read_scalars(*list, parameter.choices)) {
        reader.wrong("choices",
                     "'choices' must be a list of strings, numbers, true, false or null, at least one");
        parameter.choices.clear();
        return;
    }
    if (parameter.choices.size() > most_choices)
        return reader.wrong("choices", fmt::format("more than {} choices", most_choices));
    std::set<std::string> seen;
    for (const Scalar& choice : parameter.choices)
        if (!seen.insert(text_of_value(choice)).second)
            reader.wrong("choices", fmt::format("the choice {} is there twice", to_text(choice)));
}

void read_value(ObjectReader& reader, Parameter& parameter) {
    const json::Value* value = reader.require("value");
    if (value && !read_scalar(*value, parameter.value))
        reader.wrong("value", "'value' must be a string, a number, true, false or null");
}

void read_default(ObjectReader& reader, Parameter& parameter) {
    const json::Value* value = reader.find("default");
    Scalar scalar;
    if (!value) return;
    if (!read_scalar(*value, scalar))
        reader.wrong("default", "'default' must be a string, a number, true, false or null");
    else
        parameter.default_value = scalar;
}

bool read_limits(const json::Value& value, const std::string& pointer, Mistakes& mistakes, Condition& out) {
    const std::size_t before = mistakes.errors.size();
    ObjectReader reader(value, pointer, mistakes);
    bool any = false;
    auto limit = [&](const char* key, std::optional<double>& bound) {
        double number = 0;
        if (!reader.real(key, number)) return;
        bound = number;
        any = true;
    };
    limit("ge", out.ge);
    limit("gt", out.gt);
    limit("le", out.le);
    limit("lt", out.lt);
    reader.refuse_unknown();
    if (!any && mistakes.errors.size() == before)
        mistakes.add(pointer, "a range needs one of 'ge', 'gt', 'le' and 'lt'");
    return mistakes.errors.size() == before;
}

bool read_condition(const json::Value& value, const std::string& pointer, Mistakes& mistakes,
                    Condition& out) {
    if (value.is_object()) return read_limits(value, pointer, mistakes, out);
    const json::Value list = value.is_array() ? value : json::Value::array({value});
    if (!list.empty() && read_scalars(list, out.values)) return true;
    mistakes.add(pointer, "a condition must be a value, a list of values, or a range such as {\"ge\": 2}");
    return false;
}

void read_when(ObjectReader& reader, Parameter& parameter, Mistakes& mistakes) {
    const json::Value* when = reader.find("when");
    if (!when) return;
    if (!when->is_object()) {
        reader.wrong("when",
                     fmt::format("'when' must be an object of parents, not {}", json::kind_name(*when)));
        return;
    }
    for (const auto& [parent, value] : when->items()) {
        Condition condition;
        condition.parent = parent;
        if (read_condition(value, reader.at("when") + "/" + json::escape_pointer(parent), mistakes,
                           condition))
            parameter.when.push_back(std::move(condition));
    }
}

Parameter read_parameter(const std::string& name, const json::Value& value, const std::string& pointer,
                         Mistakes& mistakes) {
    const std::size_t before = mistakes.errors.size();
    Parameter parameter;
    parameter.name = name;
    ObjectReader reader(value, pointer, mistakes);
    if (!value.is_object() || !reader.require("type")) return parameter;
    const int type = reader.one_of("type", {"float", "int", "categorical", "fixed"});
    if (type < 0) return parameter;
    parameter.type = static_cast<ParameterType>(type);
    if (parameter.type == ParameterType::categorical)
        read_choices(reader, parameter);
    else if (parameter.type == ParameterType::fixed)
        read_value(reader, parameter);
    else
        read_range(reader, parameter);
    if (parameter.type != ParameterType::fixed) read_default(reader, parameter);
    const json::Value* prior = parameter.type == ParameterType::fixed ? nullptr : reader.find("prior");
    if (prior && mistakes.errors.size() == before)
        parameter.prior = read_prior(*prior, reader.at("prior"), parameter, mistakes);
    read_when(reader, parameter, mistakes);
    reader.refuse_unknown();
    if (parameter.default_value && mistakes.errors.size() == before)
        if (const Status inside = in_domain(parameter, *parameter.default_value); !inside)
            reader.wrong("default", "the default does not fit: " + inside.error().what);
    return parameter;
}

}  // namespace

bool read_scalar(const json::Value& value, Scalar& out) {
    if (!json::is_scalar(value)) return false;
    out = json::scalar(value);
    const auto* text = std::get_if<std::string>(&out);
    return !text || text->find('\0') == std::string::npos;
}

Space read_space(const json::Value& value, const std::string& pointer, Mistakes& mistakes,
                 std::set<std::string>& broken) {
    Space space;
    const ObjectReader reader(value, pointer, mistakes);
    if (!value.is_object()) return space;
    if (value.size() > most_parameters) {
        mistakes.add(pointer, fmt::format("more than {} parameters", most_parameters));
        return space;
    }
    for (const auto& [name, parameter] : value.items()) {
        if (mistakes.full()) return space;
        const std::size_t before = mistakes.errors.size();
        check_name(name, reader.at(name), mistakes);
        space.parameters.push_back(read_parameter(name, parameter, reader.at(name), mistakes));
        if (mistakes.errors.size() > before) broken.insert(name);
    }
    check_conditions(space, broken, pointer, mistakes);
    return space;
}

}  // namespace tw
