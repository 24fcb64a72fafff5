#include <fmt/format.h>

#include <cmath>

#include "base/text.hpp"
#include "records/documents.hpp"
#include "records/object_reader.hpp"

namespace tw {

namespace {

Status judge_value(const ResultDocument& result, const std::string& name) {
    const auto value = result.values.find(name);
    const auto other = result.others.find(name);
    Error error{Code::invalid, {}};
    error.pointer = "/" + json::escape_pointer(name);
    if (other != result.others.end()) {
        error.what = fmt::format("'{}' is {}, not a number", name, other->second);
        return fail(error);
    }
    if (value == result.values.end()) {
        error.what = fmt::format("the result has no number '{}'", name);
        std::vector<std::string> names;
        for (const auto& entry : result.values) names.push_back(entry.first);
        error.hint = names.empty() ? "it has no numbers" : suggestion(name, names);
        return fail(error);
    }
    if (std::isfinite(value->second)) return {};
    error.what = fmt::format("'{}' is {}, which is no usable value", name, to_text(value->second));
    return fail(error);
}

}  // namespace

Result<ResultDocument> read_result(const std::string& text, const std::string& file) {
    const auto document = json::parse(text, file, {.bare_nan = true});
    if (!document) return fail(document.error());
    if (!document->is_object())
        return fail(Code::invalid,
                    fmt::format("the result must be an object, not {}", json::kind_name(*document)), file);
    ResultDocument result;
    for (const auto& [key, value] : document->items()) {
        double number = 0;
        if (json::number(value, number))
            result.values[key] = number;
        else
            result.others[key] = json::kind_name(value);
    }
    return result;
}

Status judge_result(const ResultDocument& result, const std::vector<Objective>& objectives,
                    const std::vector<OutcomeConstraint>& constraints) {
    for (const Objective& objective : objectives)
        if (Status judged = judge_value(result, objective.name); !judged) return judged;
    for (const OutcomeConstraint& constraint : constraints)
        if (Status judged = judge_value(result, constraint.name); !judged) return judged;
    return {};
}

}  // namespace tw
