// Pruners that look at whole curves: those of the trials that run, and of complete ones as comparisons.
#pragma once

#include <map>
#include <string>

#include "optimize/prune/curve.hpp"
#include "optimize/pruner.hpp"

namespace tw {

struct CompleteTrial {
    Curve curve;
    std::optional<double> objective;
};

class CurvePruner : public Pruner {
public:
    void report(const std::string& trial, std::int64_t step, double value) final {
        running_[trial].add(step, value);
    }
    Judgement judge(const std::string& trial) const final {
        const auto curve = running_.find(trial);
        return curve == running_.end() || curve->second.points().empty() ? Judgement{}
                                                                         : judge_curve(curve->second);
    }
    void end(const std::string& trial, const TrialEnd& end) final {
        auto running = running_.extract(trial);
        if (end.state != EndState::complete) return;
        complete_[trial] = {running ? std::move(running.mapped()) : Curve{}, end.objective};
    }
    void forget(const std::string& trial) final {
        running_.erase(trial);
        complete_.erase(trial);
    }

protected:
    using Complete = std::map<std::string, CompleteTrial>;

    virtual Judgement judge_curve(const Curve& curve) const = 0;  // it is not empty
    const Complete& complete() const { return complete_; }

private:
    std::map<std::string, Curve> running_;
    Complete complete_;
};

}  // namespace tw
