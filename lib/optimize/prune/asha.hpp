// The stopping type of asynchronous successive halving: Li et al., A System for Massively Parallel
// Hyperparameter Tuning, MLSys 2020 (arXiv 1810.05934), as Ray's ASHAScheduler and Optuna's
// SuccessiveHalvingPruner have it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "optimize/pruner.hpp"

namespace tw {

// A trial is recorded at a rung by its first report at that step or beyond, and goes on if its value is among
// the best floor(n / eta) of the n that are recorded there by then, itself among them; of fewer than eta, if
// it is as good as the best. Ties go on. NaN does not, and is not recorded.
class Asha final : public Pruner {
public:
    Asha(const PrunerSpec& spec, std::vector<std::int64_t> rungs);

    void report(const std::string& trial, std::int64_t step, double value) override;
    Judgement judge(const std::string& trial) const override;
    void end(const std::string&, const TrialEnd&) override {}
    void forget(const std::string& trial) override;

private:
    struct Lane {
        std::vector<double> costs;  // as recorded, of as many rungs as were reached; NaN: not recorded
        Judgement judgement;        // at the last of them
    };

    // false: not good enough to go on.
    bool record(std::size_t rung, double cost);

    PrunerSpec spec_;
    std::vector<std::int64_t> rungs_;
    std::vector<std::vector<double>> recorded_;  // by rung, sorted; less is better
    std::map<std::string, Lane> lanes_;
};

}  // namespace tw
