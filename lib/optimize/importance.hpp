// Which parameters decide whether a trial is among the best.
#pragma once

#include <string>
#include <vector>

#include "records/space.hpp"

namespace tw {

struct Rated {
    Params params;
    double cost = 0;  // less is better, finite
};

struct Importance {
    std::string parameter;
    double divergence = 0;  // 0: the best trials are distributed in it as all are
    double share = 0;       // of all parameters' divergences; they sum to 1, where any is above 0
    double chance = 1;  // how likely it is that costs differ as much between its values if it does nothing
};

// The best: a share of `top` of the trials, in (0, 1], rounded up, and those that equal the worst of them.
std::vector<bool> best_ones(const std::vector<Rated>& trials, double top);

// PED-ANOVA: Watanabe, Bansal, Hutter (IJCAI 2023), with its treatment of conditional parameters: Theorem 4.2
// of "Conditional PED-ANOVA" (2026), as in Optuna 5: one regime, in which the parameter is active. The
// divergence is Pearson's between the densities of the best and of all trials, each a Parzen estimate on a
// grid of at most 50 places. One entry per parameter that is not fixed, in the order of the space. No error:
// without trials, or where all are best, all are 0.
//
// `chance` is of another question, of which a sampler that has long converged makes less: whether the costs
// of all trials differ by the parameter's value, whatever the others are; 1 for fewer than ten trials. What
// matters only together with another parameter may be missed by both.
std::vector<Importance> importance_of(const Space& space, const std::vector<Rated>& trials, double top);

}  // namespace tw
