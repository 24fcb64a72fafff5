// Which rules of optimizer.stop end a search, by what its trials brought. Pure: the same endings in the same
// order end it at the same trial.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "optimize/history.hpp"
#include "optimize/sampler.hpp"
#include "records/experiment.hpp"
#include "records/stopped.hpp"

namespace tw {

// "after 12h, or when cost is at most 0.05, or ..."; "" where there is no rule.
std::string describe_stop(const StopSpec& spec, const std::vector<Objective>& objectives);

class Stopping {
public:
    Stopping(const StopSpec& spec, const Space& space, const std::vector<Objective>& objectives);

    // Each ending of the search, in seq order.
    void tell(const Observation& observation);

    // The rules that have held, in the order in which they began to; they hold for good. Without `time`,
    // which needs a clock.
    const std::vector<Stopped>& held() const { return held_; }

private:
    struct Best {
        std::string trial;
        std::vector<double> values;  // as the user measures them
        std::vector<double> costs;   // less is better
    };

    bool is_compared(std::optional<double> budget);
    bool is_better(const std::vector<double>& costs) const;
    void take(Best found);
    void hold(const char* rule, std::string reason);
    bool holds(const char* rule) const;
    void look_at_target(const Observation& observation);
    void look_at_patience();
    void look_at_regret();
    std::string best_so_far() const;

    StopSpec spec_;
    std::vector<Objective> objectives_;
    std::vector<Best> front_;  // with one objective the best alone
    std::optional<double>
        budget_;  // the highest; those of lower ones, and what is not feasible, improve nothing
    std::int64_t since_better_ = 0;
    std::unique_ptr<History> history_;  // for the regret alone
    std::size_t next_look_;             // complete trials at which the regret is estimated next
    std::vector<Stopped> held_;
};

}  // namespace tw
