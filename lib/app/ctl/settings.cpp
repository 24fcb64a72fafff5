#include "app/ctl/settings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "app/ctl/advise.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::size_t most_combinations = 100000;

struct Setting {
    std::string name, value;
};

Result<Setting> split_setting(const std::string& word, const char* example) {
    auto equals = word.find('=');
    if (equals != std::string::npos && equals > 0)
        return Setting{std::string(trim(word.substr(0, equals))), word.substr(equals + 1)};
    return fail(advise(Code::usage, "'" + word + "' is not NAME=VALUE", std::string("such as ") + example));
}

Result<double> range_number(const std::string& word, const std::string& text) {
    double number = 0;
    if (as_number(scalar_from_text(std::string(trim(text))), number)) return number;
    return fail(advise(Code::usage, "'" + word + "': '" + text + "' is not a number",
                       "range(3), range(1,4) or range(0,10,2)"));
}

// As Python's range: the end is left out.
Result<std::vector<std::string>> expand_range(const std::string& word, const std::string& inside) {
    std::vector<double> numbers;
    for (auto& part : split(inside, ',')) {
        auto number = range_number(word, part);
        if (!number) return fail(number.error());
        numbers.push_back(*number);
    }
    if (numbers.size() == 1) numbers.insert(numbers.begin(), 0);
    if (numbers.size() == 2) numbers.push_back(1);
    double steps = numbers.size() == 3 && numbers[2] != 0 ? (numbers[1] - numbers[0]) / numbers[2] : -1;
    if (!(steps > 0) || steps > static_cast<double>(most_combinations))
        return fail(advise(Code::usage, "'" + word + "' is an empty or endless range",
                           "range(3), range(1,4) or range(0,10,2)"));
    bool whole = std::floor(numbers[0]) == numbers[0] && std::floor(numbers[2]) == numbers[2];
    std::vector<std::string> values;
    for (int i = 0; i < steps - 1e-9; ++i) {
        double value = numbers[0] + i * numbers[2];
        values.push_back(whole ? fmt::format("{}", static_cast<std::int64_t>(value)) : to_text(value));
    }
    return values;
}

Result<std::vector<std::string>> sweep_values(const std::string& word, const std::string& text) {
    if (text.starts_with("range(") && text.ends_with(")"))
        return expand_range(word, text.substr(6, text.size() - 7));
    auto values = split(text, ',');
    for (auto& value : values)
        if (trim(value).empty())
            return fail(advise(Code::usage, "'" + word + "' has an empty value", "such as model=a,b"));
    return values;
}

Status unknown_name(const Space& space, const Params& given) {
    for (auto& [name, value] : given)
        if (!space.find(name)) return fits(space, {{name, value}});
    return {};
}

}  // namespace

Scalar typed_value(const Parameter* parameter, const std::string& text) {
    Scalar value = scalar_from_text(text);
    if (!parameter) return value;
    auto wanted = parameter->choices;
    if (parameter->type == ParameterType::fixed) wanted = {parameter->value};
    for (auto& choice : wanted)
        if (same_value(choice, value) || to_text(choice) == text) return choice;
    double number = 0;
    if (!as_number(value, number)) return value;
    if (parameter->type == ParameterType::real) return number;
    bool whole = std::floor(number) == number && std::abs(number) < 0x1p53;
    if (parameter->type == ParameterType::integer && whole) return static_cast<std::int64_t>(number);
    return value;
}

Result<Params> read_settings(const Space& space, const std::vector<std::string>& words) {
    Params params;
    for (auto& word : words) {
        auto setting = split_setting(word, "--set lr=0.01");
        if (!setting) return fail(setting.error());
        auto [place, fresh] =
            params.emplace(setting->name, typed_value(space.find(setting->name), setting->value));
        if (!fresh) return fail(advise(Code::usage, "'" + setting->name + "' is set twice"));
    }
    return params;
}

Result<std::vector<Params>> expand_sweeps(const Space& space, const std::vector<std::string>& words) {
    std::vector<Params> combinations{{}};
    for (auto& word : words) {
        auto setting = split_setting(word, "--sweep model=a,b or --sweep 'it=range(3)'");
        if (!setting) return fail(setting.error());
        auto values = sweep_values(word, setting->value);
        if (!values) return fail(values.error());
        if (combinations.front().contains(setting->name))
            return fail(advise(Code::usage, "'" + setting->name + "' is swept twice"));
        if (values->size() * combinations.size() > most_combinations)
            return fail(Code::usage,
                        fmt::format("the sweeps have more than {} combinations", most_combinations));
        std::vector<Params> wider;
        for (auto& combination : combinations)
            for (auto& value : *values) {
                wider.push_back(combination);
                wider.back()[setting->name] =
                    typed_value(space.find(setting->name), std::string(trim(value)));
            }
        combinations = std::move(wider);
    }
    return combinations;
}

Result<Params> complete_params(const Space& space, const Params& given) {
    if (space.parameters.empty()) return given;
    if (auto known = unknown_name(space, given); !known) return fail(known.error());
    Params all = given, active;
    for (auto* parameter : decision_order(space)) {
        if (!is_active(space, *parameter, active)) continue;
        if (!given.contains(parameter->name)) {
            bool fixed = parameter->type == ParameterType::fixed;
            if (!fixed && !parameter->default_value)
                return fail(advise(
                    Code::invalid, "the parameter '" + parameter->name + "' has no value and no default",
                    "give it with --set " + parameter->name + "=VALUE, or a default in experiment.json"));
            all[parameter->name] = fixed ? parameter->value : *parameter->default_value;
        }
        active[parameter->name] = all[parameter->name];
    }
    if (auto good = fits(space, all); !good) return fail(good.error());
    if (auto good = meets_constraints(space, all); !good) return fail(good.error());
    return all;
}

}  // namespace tw
