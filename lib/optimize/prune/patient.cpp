#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "optimize/prune/curve.hpp"
#include "optimize/prune/pruners.hpp"

namespace tw {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Optuna's PatientPruner: the best of the last `patience` + 1 reports is worse, by more than `min_delta`,
// than the best of those before.
class Patient final : public Pruner {
public:
    Patient(const PrunerSpec& spec, std::unique_ptr<Pruner> wrapped)
        : spec_(spec), wrapped_(std::move(wrapped)) {}

    void report(const std::string& trial, std::int64_t step, double value) override {
        curves_[trial].add(step, value);
        if (wrapped_) wrapped_->report(trial, step, value);
    }

    Judgement judge(const std::string& trial) const override {
        const auto curve = curves_.find(trial);
        if (curve == curves_.end()) return {};
        Judgement judgement = judge_points(curve->second.points());
        return judgement.stop && wrapped_ ? wrapped_->judge(trial) : judgement;
    }

    void end(const std::string& trial, const TrialEnd& end) override {
        curves_.erase(trial);
        if (wrapped_) wrapped_->end(trial, end);
    }

    void forget(const std::string& trial) override {
        curves_.erase(trial);
        if (wrapped_) wrapped_->forget(trial);
    }

private:
    Judgement judge_points(const std::vector<Measured>& points) const {
        const std::int64_t before = std::ssize(points) - spec_.patience - 1;
        if (before <= 0) return {};
        const auto middle = points.begin() + before;
        const double best = best_of(points.begin(), middle), late = best_of(middle, points.end());
        if (!(best + spec_.min_delta < late)) return {};
        return {true, fmt::format("{} has not become better in {} reports up to step {}", spec_.metric,
                                  spec_.patience + 1, points.back().step)};
    }

    using Place = std::vector<Measured>::const_iterator;

    // Less is better; NaN is the worst.
    double best_of(Place begin, Place end) const {
        double best = infinity;
        for (auto point = begin; point != end; ++point) {
            const double cost = spec_.direction == Direction::minimize ? point->value : -point->value;
            if (cost < best) best = cost;
        }
        return best;
    }

    PrunerSpec spec_;
    std::unique_ptr<Pruner> wrapped_;
    std::map<std::string, Curve> curves_;
};

}  // namespace

std::unique_ptr<Pruner> make_patient(const PrunerSpec& spec, std::unique_ptr<Pruner> wrapped) {
    return std::make_unique<Patient>(spec, std::move(wrapped));
}

}  // namespace tw
