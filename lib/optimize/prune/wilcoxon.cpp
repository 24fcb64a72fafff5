#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "optimize/prune/curves.hpp"
#include "optimize/prune/pruners.hpp"
#include "optimize/prune/signed_rank.hpp"

namespace tw {

namespace {

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

// Optuna's WilcoxonPruner: steps are problem instances, the same in all trials, and the test says whether the
// best trial does better on those that both have tried. Values that are not finite are left out.
class Wilcoxon final : public CurvePruner {
public:
    Wilcoxon(const PrunerSpec& spec, const Objective& objective) : spec_(spec), objective_(objective) {}

private:
    Judgement judge_curve(const Curve& curve) const override {
        const Complete::value_type* best = best_trial();
        if (!best) return {};
        const std::vector<double> worse = differences(curve, best->second.curve);
        if (std::ssize(worse) < std::max<std::int64_t>(2, spec_.startup_steps)) return {};
        const double p = signed_rank_p(worse);
        // The test alone would stop a trial that is a little worse often, and much better at times.
        if (!(p < spec_.p_threshold) || mean_cost(curve) <= mean_cost(best->second.curve)) return {};
        return {true, fmt::format("{} is worse than that of trial {} at {} steps (p = {:.3g})", spec_.metric,
                                  best->first, worse.size(), p)};
    }

    bool better(double a, double b) const {
        return objective_.direction == Direction::minimize ? a < b : a > b;
    }

    const Complete::value_type* best_trial() const {
        const Complete::value_type* best = nullptr;
        for (const auto& entry : complete())
            if (entry.second.objective && (!best || better(*entry.second.objective, *best->second.objective)))
                best = &entry;
        return best;
    }

    double cost(double value) const { return spec_.direction == Direction::minimize ? value : -value; }

    // Positive: the trial is worse than the best one at that step.
    std::vector<double> differences(const Curve& curve, const Curve& best) const {
        std::vector<double> differences;
        for (const auto& [step, value] : curve.points()) {
            const auto other = best.from(step);
            if (other == best.points().end() || other->step != step) continue;
            if (std::isfinite(value) && std::isfinite(other->value))
                differences.push_back(cost(value) - cost(other->value));
        }
        return differences;
    }

    double mean_cost(const Curve& curve) const {
        std::vector<double> costs;
        for (const auto& point : curve.points())
            if (std::isfinite(point.value)) costs.push_back(cost(point.value));
        return mean_of(costs);
    }

    PrunerSpec spec_;
    Objective objective_;
};

}  // namespace

std::unique_ptr<Pruner> make_wilcoxon(const PrunerSpec& spec, const Objective& objective) {
    return std::make_unique<Wilcoxon>(spec, objective);
}

}  // namespace tw
