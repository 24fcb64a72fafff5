#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "optimize/prune/curves.hpp"
#include "optimize/prune/pruners.hpp"

namespace tw {

namespace {

// Between the two nearest, as numpy's percentile is.
double percentile_of(std::vector<double> values, double percentile) {
    std::sort(values.begin(), values.end());
    const double place = percentile / 100 * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    if (below + 1 >= values.size()) return values.back();
    const double low = values[below], high = values[below + 1];
    return low == high ? low : low + (high - low) * (place - static_cast<double>(below));
}

// A trial is judged by the first report of each `interval` steps after the warm-up; between two of them the
// step of the earlier holds.
class Percentile final : public CurvePruner {
public:
    Percentile(const PrunerSpec& spec, double percentile) : spec_(spec), percentile_(percentile) {}

private:
    Judgement judge_curve(const Curve& curve) const override {
        const std::int64_t last = curve.points().back().step, warm = spec_.warmup_steps;
        if (last < warm || std::ssize(complete()) < std::max<std::int64_t>(1, spec_.startup_trials))
            return {};
        const std::int64_t begin = warm + (last - warm) / spec_.interval * spec_.interval;
        return judge_at(curve, curve.from(begin)->step);
    }

    Judgement judge_at(const Curve& curve, std::int64_t step) const {
        const auto best = best_until(curve, step);
        if (!best)
            return {true, fmt::format("{} has been nothing but NaN up to step {}", spec_.metric, step)};
        const std::vector<double> others = others_at(step);
        if (others.empty()) return {};
        const double limit = percentile_of(others, minimize() ? percentile_ : 100 - percentile_);
        if (minimize() ? *best <= limit : *best >= limit) return {};
        return {true,
                fmt::format(
                    "the best {} up to step {}, {:.6g}, is worse than {:.6g}, the {} of {} complete trials",
                    spec_.metric, step, *best, limit, name(), others.size())};
    }

    std::optional<double> best_until(const Curve& curve, std::int64_t step) const {
        std::optional<double> best;
        for (const auto& [at, value] : curve.points()) {
            if (at > step) break;
            if (std::isnan(value)) continue;
            best = !best ? value : minimize() ? std::min(*best, value) : std::max(*best, value);
        }
        return best;
    }

    std::vector<double> others_at(std::int64_t step) const {
        std::vector<double> values;
        for (const auto& [id, trial] : complete())
            if (const auto value = trial.curve.at_or_before(step); value && !std::isnan(*value))
                values.push_back(*value);
        return values;
    }

    bool minimize() const { return spec_.direction == Direction::minimize; }
    std::string name() const {
        return percentile_ == 50 ? "median" : fmt::format("best {} percent", percentile_);
    }

    PrunerSpec spec_;
    double percentile_;  // so many of the best of a hundred go on
};

}  // namespace

std::unique_ptr<Pruner> make_percentile(const PrunerSpec& spec, double percentile) {
    return std::make_unique<Percentile>(spec, percentile);
}

}  // namespace tw
