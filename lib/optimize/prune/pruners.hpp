// The pruners that are built, and what they share. Not installed as an interface: use make_pruner.
#pragma once

#include <memory>
#include <vector>

#include "optimize/pruner.hpp"

namespace tw {

// Optuna's MedianPruner (percentile 50) and PercentilePruner: the best value of a trial so far against the
// values of complete trials at the same step.
std::unique_ptr<Pruner> make_percentile(const PrunerSpec& spec, double percentile);

// Nothing better for more than `patience` reports; only then `wrapped` is asked, if there is one.
std::unique_ptr<Pruner> make_patient(const PrunerSpec& spec, std::unique_ptr<Pruner> wrapped);

std::unique_ptr<Pruner> make_threshold(const PrunerSpec& spec);

// Against the complete trial whose first objective is the best.
std::unique_ptr<Pruner> make_wilcoxon(const PrunerSpec& spec, const Objective& objective);

std::unique_ptr<Pruner> make_asha(const PrunerSpec& spec);
std::unique_ptr<Pruner> make_hyperband(const PrunerSpec& spec);

// "loss 0.93 at step 9".
std::string describe_value(const PrunerSpec& spec, double value, std::int64_t step);

}  // namespace tw
