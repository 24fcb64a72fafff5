#include <charconv>
#include <cmath>
#include <cstdlib>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

void warn(CtlContext& context, const std::string& what) {
    context.err << "trialctl: report: " << what << "\n";
}

// What a script prints for a number: also "nan", "inf", "1e-3", "+2".
bool read_number(std::string_view text, double& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || stop != text.data() + text.size()) return false;
    if (failure == std::errc::result_out_of_range) out = std::strtod(std::string(text).c_str(), nullptr);
    return failure == std::errc() || failure == std::errc::result_out_of_range;  // 1e400: infinite
}

Result<MetricLine> read_values(CtlContext& context, const ReportOptions& options) {
    MetricLine line;
    line.step = options.step;
    for (auto& word : options.values) {
        auto equals = word.find('=');
        std::string name = word.substr(0, equals);
        double value = 0;
        if (equals == std::string::npos || name.empty() || name == "step" ||
            !read_number(trim(word.substr(equals + 1)), value))
            return fail(advise(Code::usage, "'" + word + "' is not NAME=NUMBER",
                               "such as loss=0.25; the step goes into --step"));
        if (std::isfinite(value))
            line.values[name] = value;
        else
            warn(context, name + " is " + word.substr(equals + 1) + ", which is not recorded");
    }
    return line;
}

}  // namespace

// A job must not fail for its reports: whatever happens outside of the command line is a warning.
int report_verb(CtlContext& context, const ReportOptions& options) {
    if (options.step < 0) return complain(context, advise(Code::usage, "the step must not be negative"));
    auto line = read_values(context, options);
    if (!line) return complain(context, line.error());
    std::string directory = variable(context, "TRIAL_DIR");
    if (directory.empty()) {
        warn(context, "TRIAL_DIR is not set, so this is no job of a trial; nothing is recorded");
        return 0;
    }
    auto fs = context.open(directory);
    if (!fs) {
        warn(context, fs.error().text());
        return 0;
    }
    if (!line->values.empty())
        if (auto added = (*fs)->append_line("metrics.jsonl", write_metric(*line)); !added)
            warn(context, added.error().text());
    return is_listed(**fs, "stop") ? stop_asked : 0;
}

}  // namespace tw
