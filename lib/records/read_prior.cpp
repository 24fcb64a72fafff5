#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "records/space_reader.hpp"

namespace tw {

namespace {

void read_weights(ObjectReader& reader, const Parameter& parameter, Prior& prior) {
    const json::Value* list = reader.require("weights");
    if (!list) return;
    double weight = 0;
    if (list->is_array())
        for (const json::Value& item : *list)
            if (json::number(item, weight) && weight >= 0 && std::isfinite(weight))
                prior.weights.push_back(weight);
    if (!list->is_array() || prior.weights.size() != list->size() ||
        prior.weights.size() != parameter.choices.size())
        return reader.wrong(
            "weights", fmt::format("'weights' must be a list of {} numbers, 0 or more, one for each choice",
                                   parameter.choices.size()));
    const double sum = std::accumulate(prior.weights.begin(), prior.weights.end(), 0.0);
    if (!(sum > 0) || !std::isfinite(sum))
        reader.wrong("weights",
                     sum > 0 ? "the weights are too large" : "one of the weights must be more than 0");
}

void read_normal(ObjectReader& reader, const Parameter& parameter, Prior& prior) {
    const bool mean = reader.require("mean") && reader.real("mean", prior.mean);
    const bool deviation = reader.require("std") && reader.real("std", prior.std);
    if (mean && !(prior.mean >= parameter.low && prior.mean <= parameter.high))
        reader.wrong("mean", fmt::format("'mean' is not from {} to {}", parameter.low, parameter.high),
                     parameter.log ? "with 'log' it is a value of the parameter, not its logarithm" : "");
    if (deviation && !(prior.std > 0)) reader.wrong("std", "'std' must be more than 0");
}

}  // namespace

Prior read_prior(const json::Value& value, const std::string& pointer, const Parameter& parameter,
                 Mistakes& mistakes) {
    Prior prior;
    ObjectReader reader(value, pointer, mistakes);
    if (!value.is_object()) return prior;
    if (parameter.type == ParameterType::categorical)
        read_weights(reader, parameter, prior);
    else
        read_normal(reader, parameter, prior);
    reader.refuse_unknown();
    return prior;
}

}  // namespace tw
