#include <fmt/format.h>

#include <cmath>

#include "optimize/prune/pruners.hpp"

namespace tw {

namespace {

// Optuna's ThresholdPruner: by the first report of each `interval` steps after the warm-up. What was beyond
// once stays so.
class Threshold final : public Pruner {
public:
    explicit Threshold(const PrunerSpec& spec) : spec_(spec) {}

    void report(const std::string& trial, std::int64_t step, double value) override {
        if (step < spec_.warmup_steps) return;
        Lane& lane = lanes_[trial];
        const std::int64_t interval = (step - spec_.warmup_steps) / spec_.interval;
        if (interval <= lane.interval) return;
        lane.interval = interval;
        if (lane.judgement.stop) return;
        const std::string beyond = beyond_what(value);
        if (!beyond.empty()) lane.judgement = {true, describe_value(spec_, value, step) + beyond};
    }

    Judgement judge(const std::string& trial) const override {
        const auto lane = lanes_.find(trial);
        return lane == lanes_.end() ? Judgement{} : lane->second.judgement;
    }

    void end(const std::string& trial, const TrialEnd&) override { lanes_.erase(trial); }
    void forget(const std::string& trial) override { lanes_.erase(trial); }

private:
    struct Lane {
        std::int64_t interval = -1;  // the last one that was judged
        Judgement judgement;
    };

    std::string beyond_what(double value) const {
        if (std::isnan(value)) return " is no number";
        if (spec_.lower && value < *spec_.lower) return fmt::format(" is below {}", *spec_.lower);
        if (spec_.upper && value > *spec_.upper) return fmt::format(" is above {}", *spec_.upper);
        return "";
    }

    PrunerSpec spec_;
    std::map<std::string, Lane> lanes_;
};

}  // namespace

std::unique_ptr<Pruner> make_threshold(const PrunerSpec& spec) {
    return std::make_unique<Threshold>(spec);
}

}  // namespace tw
