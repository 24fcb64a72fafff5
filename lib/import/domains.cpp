#include "import/domains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tw::foreign {

namespace {

constexpr double deviations = 4;              // to either side, where there are no bounds
constexpr std::size_t most_choices = 10'000;  // each is compared with all
constexpr double largest_whole = 0x1p53;
constexpr double rounding = 1e-9;  // of a step

bool is_whole(double value) {
    return std::floor(value) == value && std::abs(value) <= largest_whole;
}

bool bound_normal(Numbers& n, const std::string& pointer, Draft& draft) {
    const double reach = deviations * *n.deviation;
    n.low = n.log ? *n.mean * std::exp(-reach) : *n.mean - reach;
    n.high = n.log ? *n.mean * std::exp(reach) : *n.mean + reach;
    if (!std::isfinite(*n.low) || !std::isfinite(*n.high) || (n.log && *n.low <= 0)) {
        draft.mistakes.add(pointer, "the distribution is too wide");
        return false;
    }
    n.low = without_noise(*n.low);
    n.high = without_noise(*n.high);
    draft.note(pointer,
               fmt::format("the normal distribution has no bounds; it gets {} to {}, {} standard deviations "
                           "to either side",
                           *n.low, *n.high, deviations));
    return true;
}

// The multiples of q inside the bounds.
void quantise(Numbers& n, const std::string& pointer, Draft& draft) {
    const double first = std::ceil(*n.low / n.q - rounding), last = std::floor(*n.high / n.q + rounding);
    const double low = without_noise(std::max(first, n.log ? 1.0 : first) * n.q),
                 high = without_noise(last * n.q);
    if (!std::isfinite(low) || !std::isfinite(high) || low > high)
        return draft.mistakes.add(pointer, fmt::format("there is no multiple of {} between the bounds", n.q));
    if (std::abs(low - *n.low) > rounding * n.q || std::abs(high - *n.high) > rounding * n.q)
        draft.note(pointer, fmt::format("only multiples of {} are tried: from {} to {}", n.q, low, high));
    n.low = low;
    n.high = high;
    n.whole = n.whole || (is_whole(n.q) && is_whole(low) && is_whole(high));
}

bool check_bounds(const Numbers& n, const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    if (*n.low > *n.high)
        draft.mistakes.add(pointer,
                           fmt::format("the lower bound {} is above the upper bound {}", *n.low, *n.high));
    else if (n.log && *n.low <= 0)
        draft.mistakes.add(pointer,
                           fmt::format("the lower bound {} must be above 0 for a logarithm", *n.low));
    else if (n.whole && (!is_whole(*n.low) || !is_whole(*n.high)))
        draft.mistakes.add(pointer, fmt::format("{} and {} must be whole numbers", *n.low, *n.high));
    return draft.mistakes.errors.size() == before;
}

Scalar number(const Numbers& n, double value) {
    if (n.whole) return static_cast<std::int64_t>(value);
    return value;
}

void set_prior(Parameter& parameter, const Numbers& n, const std::string& pointer, Draft& draft) {
    if (!n.mean) return;
    const double mean = std::clamp(*n.mean, *n.low, *n.high);
    if (std::abs(mean - *n.mean) > n.q)  // what lies within a step was rounded
        return draft.note(
            pointer,
            fmt::format("the mean {} is not between the bounds; the prior is not carried over", *n.mean));
    parameter.prior = Prior{mean, *n.deviation, {}};
}

}  // namespace

double without_noise(double value) {
    const std::string text = fmt::format("{:.12g}", value);
    double clean = value;
    std::from_chars(text.data(), text.data() + text.size(), clean);
    return clean;
}

void set_numbers(Parameter& parameter, Numbers n, const std::string& pointer, Draft& draft) {
    const std::size_t before = draft.mistakes.errors.size();
    if (n.q < 0 || (n.deviation && *n.deviation < 0))
        return draft.mistakes.add(
            pointer, n.q < 0 ? "q must be more than 0" : "the standard deviation must be 0 or more");
    if (n.mean && n.log && *n.mean <= 0)
        return draft.mistakes.add(pointer, "the mean must be above 0 for a logarithm");
    if (n.deviation && *n.deviation == 0) n.low = n.high = n.mean;
    if (!n.low && !bound_normal(n, pointer, draft)) return;
    if (!check_bounds(n, pointer, draft)) return;
    if (n.q > 0) quantise(n, pointer, draft);
    if (draft.mistakes.errors.size() > before) return;
    if (*n.low == *n.high) {
        parameter.type = ParameterType::fixed;
        parameter.value = number(n, *n.low);
        return;
    }
    parameter.type = n.whole ? ParameterType::integer : ParameterType::real;
    parameter.low = *n.low;
    parameter.high = *n.high;
    parameter.log = n.log;
    if (n.q > 0 && n.log && !n.whole)
        draft.note(pointer,
                   fmt::format("steps of {} are not carried over: a float with a logarithm has none", n.q));
    else if (n.q > 0 && !(n.whole && n.q == 1))
        parameter.step = n.q;
    set_prior(parameter, n, pointer, draft);
}

Scalar scalar_of(const json::Value& value, const std::string& pointer, Draft& draft) {
    if (json::is_scalar(value)) {
        Scalar scalar = json::scalar(value);
        if (const auto* text = std::get_if<std::string>(&scalar); text && text->find('\0') != text->npos)
            draft.mistakes.add(pointer, "a value with a zero byte cannot be given to a job");
        return scalar;
    }
    const std::string text = value.dump(-1, ' ', false, json::Value::error_handler_t::replace);
    draft.note(pointer,
               fmt::format("the value becomes the text {}: a parameter is no list and no object", text));
    return text;
}

void set_choices(Parameter& parameter, const json::Value& list, std::vector<double> weights,
                 const std::string& pointer, Draft& draft) {
    parameter.type = ParameterType::categorical;
    if (!list.is_array() || list.empty())
        return draft.mistakes.add(pointer, "there must be a list of choices, at least one");
    if (list.size() > most_choices)
        return draft.mistakes.add(pointer, fmt::format("more than {} choices", most_choices));
    if (!weights.empty() && weights.size() != list.size())
        return draft.mistakes.add(
            pointer, fmt::format("there are {} weights for {} choices", weights.size(), list.size()));
    Prior prior;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = fmt::format("{}/{}", pointer, i);
        Scalar choice = scalar_of(list[i], place, draft);
        const auto known = std::find_if(parameter.choices.begin(), parameter.choices.end(),
                                        [&](const Scalar& other) { return same_value(other, choice); });
        const auto at = static_cast<std::size_t>(known - parameter.choices.begin());
        if (known == parameter.choices.end()) {
            parameter.choices.push_back(std::move(choice));
            prior.weights.push_back(0);
        } else {
            draft.note(place, fmt::format("the choice {} is there twice; it is taken once", to_text(choice)));
        }
        prior.weights[at] += weights.empty() ? 1 : weights[i];
    }
    const auto differs = [&](double weight) { return weight != prior.weights.front(); };
    if (std::any_of(prior.weights.begin(), prior.weights.end(), differs)) parameter.prior = std::move(prior);
}

void set_fixed(Parameter& parameter, const json::Value& value, const std::string& pointer, Draft& draft) {
    parameter.type = ParameterType::fixed;
    parameter.value = scalar_of(value, pointer, draft);
}

void set_default(Parameter& parameter, const json::Value& value, const std::string& pointer, Draft& draft) {
    if (parameter.type == ParameterType::fixed || value.is_null()) return;
    const Scalar scalar = scalar_of(value, pointer, draft);
    if (in_domain(parameter, scalar))
        parameter.default_value = scalar;
    else
        draft.note(pointer, fmt::format("the default {} is not in the domain, and is not carried over",
                                        to_text(scalar)));
}

std::optional<double> number_at(const json::Value& object, const std::string& key, const std::string& pointer,
                                Draft& draft, bool required) {
    const auto found = object.find(key);
    double number = 0;
    if (found == object.end()) {
        if (required) draft.mistakes.add(pointer, fmt::format("the key '{}' is missing", key));
        return {};
    }
    if (!json::number(*found, number)) {
        draft.mistakes.add(pointer + "/" + key,
                           fmt::format("'{}' must be a number, not {}", key, json::kind_name(*found)));
        return {};
    }
    return number;
}

std::optional<std::vector<double>> numbers_of(const json::Value& list, std::size_t count,
                                              const std::string& pointer, Draft& draft) {
    std::vector<double> numbers;
    double number = 0;
    if (list.is_array())
        for (const json::Value& item : list)
            if (json::number(item, number)) numbers.push_back(number);
    if (list.is_array() && numbers.size() == count && list.size() == count) return numbers;
    draft.mistakes.add(pointer, fmt::format("there must be a list of {} numbers", count));
    return {};
}

}  // namespace tw::foreign
