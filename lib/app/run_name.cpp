#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/search_run.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

// Length first, so that no two declarations have the same text.
std::string field(std::string_view text) {
    return fmt::format("{}:{},", text.size(), text);
}

std::string scalar_field(const Scalar& value) {
    return field(fmt::format("{}{}", value.index(), to_text(value)));
}

std::string list_field(const std::vector<Scalar>& values) {
    std::string text;
    for (auto& value : values) text += scalar_field(value);
    return field(text);
}

std::string condition_field(const Condition& condition) {
    std::string text = field(condition.parent) + list_field(condition.values);
    for (auto& bound : {condition.ge, condition.gt, condition.le, condition.lt})
        text += field(bound ? fmt::format("{}", *bound) : "-");
    return field(text);
}

std::string prior_field(const Prior& prior) {
    std::string text = field(fmt::format("{} {}", prior.mean, prior.std));
    for (double weight : prior.weights) text += field(fmt::format("{}", weight));
    return field("prior" + text);
}

std::string parameter_field(const Parameter& parameter) {
    std::string text = field(parameter.name);
    text += field(fmt::format("{} {} {} {} {}", static_cast<int>(parameter.type), parameter.low,
                              parameter.high, parameter.step, parameter.log));
    text += list_field(parameter.choices) + scalar_field(parameter.value);
    text += parameter.default_value ? scalar_field(*parameter.default_value) : "-";
    for (auto& condition : parameter.when) text += condition_field(condition);
    // What came later adds to the text only where it is used.
    if (parameter.ordered) text += "ordered";
    if (parameter.prior) text += prior_field(*parameter.prior);
    return field(text);
}

std::string first_field(const std::vector<Params>& first) {
    std::string text;
    for (auto& params : first) {
        std::string one;
        for (auto& [name, value] : params) one += field(name) + scalar_field(value);
        text += field(one);
    }
    return field(text);
}

}  // namespace

std::string run_name(const std::string& experiment_id, const Space& space, const std::string& sampler,
                     std::uint64_t seed, const std::vector<Params>& first) {
    std::string text = field(experiment_id) + field(sampler) + field(std::to_string(seed));
    for (auto& parameter : space.parameters) text += parameter_field(parameter);
    if (!first.empty()) text += first_field(first);
    for (auto& constraint : space.constraints) text += field("constraint " + constraint.text());
    return content_hash(text).substr(0, 12);
}

std::string run_name(const std::string& without, const std::vector<ImportedTrial>& imported) {
    if (imported.empty()) return without;
    std::string text = field(without);
    for (auto& [from, trial] : imported) {
        text += field(trial.id);
        for (auto& [name, value] : trial.config.params()) text += field(name) + scalar_field(value);
        for (auto& [name, value] : trial.outcome.values) text += field(name) + scalar_field(value);
    }
    return content_hash(text).substr(0, 12);
}

std::uint64_t job_seed(std::uint64_t seed, std::int64_t k) {
    std::string digits = content_hash(fmt::format("{} {}", seed, k)).substr(0, 8);
    std::uint64_t bits = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    return std::max<std::uint64_t>(bits & 0x7fffffff, 1);
}

}  // namespace tw
