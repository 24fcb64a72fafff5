#include "optimize/pruner.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "optimize/prune/pruners.hpp"
#include "optimize/prune/rungs.hpp"

namespace tw {
namespace {

class NoPruner final : public Pruner {
public:
    void report(const std::string&, std::int64_t, double) override {}
    Judgement judge(const std::string&) const override { return {}; }
    void end(const std::string&, const TrialEnd&) override {}
    void forget(const std::string&) override {}
};

constexpr double median = 50;

std::unique_ptr<Pruner> make_known(const PrunerSpec& spec, const std::vector<Objective>& objectives) {
    const std::string& type = spec.type;
    if (type == "none" || spec.promote) return std::make_unique<NoPruner>();
    if (type == "asha") return make_asha(spec);
    if (type == "hyperband" || type == "bohb") return make_hyperband(spec);
    if (type == "median") return make_percentile(spec, median);
    if (type == "percentile") return make_percentile(spec, spec.percentile);
    if (type == "threshold") return make_threshold(spec);
    if (type == "wilcoxon") return make_wilcoxon(spec, objectives.empty() ? Objective{} : objectives.front());
    if (type != "patient") return nullptr;
    auto wrapped = spec.wrapped.empty() ? nullptr : make_known(spec.wrapped.front(), objectives);
    if (!spec.wrapped.empty() && !wrapped) return nullptr;
    return make_patient(spec, std::move(wrapped));
}

std::string describe_rungs(const PrunerSpec& spec) {
    constexpr std::size_t longest_list = 8;
    std::vector<std::string> words;
    for (const std::int64_t step : spec.promote ? budget_steps(spec) : rung_steps(spec)) {
        words.push_back(words.size() < longest_list ? std::to_string(step) : "...");
        if (words.size() > longest_list) break;
    }
    if (words.empty()) return "no rung below max";
    return (spec.promote ? "promotion to steps " : "rungs at steps ") + join(words, ", ");
}

std::string describe_type(const PrunerSpec& spec) {
    const std::string& type = spec.type;
    if (type == "asha") return describe_rungs(spec);
    if (type == "hyperband" || type == "bohb")
        return fmt::format("{}, {} brackets", describe_rungs(spec), bracket_count(spec));
    if (type == "median" || type == "percentile")
        return fmt::format("against {} complete trials or more",
                           std::max<std::int64_t>(1, spec.startup_trials));
    if (type == "wilcoxon") return fmt::format("against the best trial, p below {}", spec.p_threshold);
    if (type == "patient")
        return fmt::format("nothing better in {} reports{}", spec.patience + 1,
                           spec.wrapped.empty() ? "" : ", then " + describe_pruner(spec.wrapped.front()));
    std::string limits = spec.lower ? fmt::format("not below {}", *spec.lower) : "";
    if (spec.upper) limits += fmt::format("{}not above {}", limits.empty() ? "" : ", ", *spec.upper);
    return limits;
}

}  // namespace

Result<std::unique_ptr<Pruner>> make_pruner(const PrunerSpec& spec,
                                            const std::vector<Objective>& objectives) {
    if (auto pruner = make_known(spec, objectives)) return pruner;
    return fail({Code::invalid,
                 fmt::format("there is no pruner \"{}\"", spec.type),
                 {},
                 "/optimizer/pruner/type",
                 0,
                 {}});
}

std::string describe_pruner(const PrunerSpec& spec) {
    if (spec.type == "none") return "none";
    const char* direction = spec.direction == Direction::minimize ? "minimized" : "maximized";
    return fmt::format("{} ({} {}, {})", spec.type, spec.metric, direction, describe_type(spec));
}

std::string describe_value(const PrunerSpec& spec, double value, std::int64_t step) {
    return fmt::format("{} {:.6g} at step {}", spec.metric, value, step);
}

}  // namespace tw
