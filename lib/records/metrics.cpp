#include <cmath>

#include "base/text.hpp"
#include "records/documents.hpp"
#include "records/json_reader.hpp"

namespace tw {

namespace {

std::optional<MetricLine> read_line(const std::string& text) {
    const auto document = json::parse(text, {}, {.bare_nan = true});
    if (!document || !document->is_object()) return {};
    MetricLine line;
    const auto step = document->find("step");
    if (step == document->end() || !json::whole_number(*step, line.step) || line.step < 0) return {};
    for (const auto& [key, value] : document->items()) {
        double number = 0;
        if (key != "step" && json::number(value, number)) line.values[key] = number;
    }
    return line;
}

}  // namespace

MetricLines read_metrics(std::string_view text) {
    MetricLines result;
    for (;;) {
        const std::size_t end = text.find('\n', result.consumed);
        if (end == std::string_view::npos) return result;
        const std::string_view line = trim(text.substr(result.consumed, end - result.consumed));
        result.consumed = end + 1;
        if (line.empty()) continue;
        if (auto read = read_line(std::string(line)))
            result.lines.push_back(std::move(*read));
        else
            ++result.skipped;
    }
}

std::string write_metric(const MetricLine& line) {
    json::Value document = json::Value::object();
    document["step"] = line.step;
    for (const auto& [name, value] : line.values)
        if (std::isfinite(value) && name != "step") json::append(document, name, value);
    return json::dump(document);
}

}  // namespace tw
