#include "optimize/grid_density.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "optimize/normal.hpp"
#include "optimize/unit.hpp"

namespace tw {
namespace {

constexpr std::int64_t most_places = 50;
constexpr double narrowest = 0.5 / 1.64;  // nine tenths of a kernel are at its own place

std::int64_t places_of(const Parameter& parameter) {
    if (parameter.type == ParameterType::categorical)
        return static_cast<std::int64_t>(parameter.choices.size());
    const std::int64_t values = value_count(parameter);
    if (parameter.type == ParameterType::integer && parameter.log)
        return std::min(
            static_cast<std::int64_t>(std::ceil(std::log2(parameter.high - parameter.low + 1))) + 1,
            most_places);
    return values > 0 ? std::min(values, most_places) : most_places;
}

// Of numbers with their weights, ascending; every number has weight.
double scott_width(const std::vector<double>& places, const std::vector<double>& weights) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < places.size(); ++i) mean += places[i] * weights[i] / total;
    for (std::size_t i = 0; i < places.size(); ++i) squares += weights[i] * std::pow(places[i] - mean, 2);
    std::vector<double> sums(weights.size());
    std::partial_sum(weights.begin(), weights.end(), sums.begin());
    const auto first = std::lower_bound(sums.begin(), sums.end(), std::floor(total / 4)) - sums.begin();
    const auto third = std::upper_bound(sums.begin(), sums.end(), std::floor(total * 3 / 4)) - sums.begin();
    const std::size_t last = places.size() - 1;
    const double quartiles = places[std::min(last, static_cast<std::size_t>(third))] -
                             places[std::min(last, static_cast<std::size_t>(first))];
    const double deviation = std::sqrt(squares / std::max(1.0, total - 1));
    return std::max(1.059 * std::min(quartiles / 1.34, deviation) * std::pow(total, -0.2), narrowest);
}

// Normal kernels, each cut off at the ends.
void add_kernel(std::vector<double>& density, double middle, double width, double weight) {
    const auto size = static_cast<double>(density.size());
    const double inside = normal_below((size - 0.5 - middle) / width) - normal_below((-0.5 - middle) / width);
    double left = normal_below((-0.5 - middle) / width);
    for (std::size_t i = 0; i < density.size(); ++i) {
        const double right = normal_below((static_cast<double>(i) + 0.5 - middle) / width);
        density[i] += weight * (right - left) / inside;
        left = right;
    }
}

std::vector<double> density_of_numbers(const std::vector<double>& counts) {
    std::vector<double> places, weights;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] <= 0) continue;
        places.push_back(static_cast<double>(i));
        weights.push_back(counts[i]);
    }
    const double all = std::accumulate(weights.begin(), weights.end(), 1.0);
    const double width = scott_width(places, weights);
    const auto size = static_cast<double>(counts.size());
    std::vector<double> density(counts.size(), 0);
    for (std::size_t i = 0; i < places.size(); ++i) add_kernel(density, places[i], width, weights[i] / all);
    add_kernel(density, (size - 1) / 2, size, 1 / all);
    return density;
}

std::vector<double> density_of_choices(const std::vector<double>& counts) {
    const auto choices = static_cast<double>(counts.size());
    const auto seen =
        static_cast<double>(std::count_if(counts.begin(), counts.end(), [](double n) { return n > 0; }));
    const double all = std::accumulate(counts.begin(), counts.end(), 1.0);
    const double spread = 1 / (seen + 1), sum = 1 + choices * spread;
    std::vector<double> density;
    for (const double count : counts)
        density.push_back((count + (all - 1) * spread) / sum / all + 1 / choices / all);
    return density;
}

}  // namespace

GridAxis::GridAxis(const Parameter& parameter)
    : parameter_(parameter),
      category_(parameter.type == ParameterType::categorical),
      size_(static_cast<std::size_t>(std::max<std::int64_t>(1, places_of(parameter)))) {
    if (category_) return;
    const std::int64_t values = value_count(parameter);
    double highest = parameter.high;
    if (values > 0) as_number(value_at(parameter, values - 1), highest);
    low_ = scaled(parameter.low);
    high_ = scaled(highest);
}

double GridAxis::scaled(double value) const {
    return parameter_.log ? std::log(value) : value;
}

// Half way between two places is the lower one's.
std::optional<std::size_t> GridAxis::place(const Scalar& value) const {
    if (!in_domain(parameter_, value)) return std::nullopt;
    if (category_) return static_cast<std::size_t>(index_of(parameter_, value).value());
    double number = 0;
    as_number(value, number);
    if (size_ < 2) return 0;
    const double last = static_cast<double>(size_ - 1);
    const double at = (scaled(number) - low_) / ((high_ - low_) / last);
    return static_cast<std::size_t>(std::clamp(std::ceil(at - 0.5), 0.0, last));
}

std::vector<double> density_on(const GridAxis& axis, const std::vector<double>& counts) {
    return axis.category() ? density_of_choices(counts) : density_of_numbers(counts);
}

}  // namespace tw
