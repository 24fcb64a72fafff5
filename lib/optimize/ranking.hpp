// Which complete trials are the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "records/experiment.hpp"

namespace tw {

struct Candidate {
    std::string id;
    std::int64_t seq = 0;               // of its outcome
    std::vector<double> values;         // one per objective, as the user measures them
    double violation = 0;               // of the constraints on outcomes, in sum; 0: feasible
    std::optional<double> budget = {};  // `_trial.budget`; not stated: trained in full, as far as any other
};

struct Place {
    std::size_t index = 0;  // into the candidates
    std::size_t front = 0;  // 0: no candidate of the highest budget is better in one objective and at least
                            // as good in the others; 1: so once those are taken away; ... then the lower
                            // budgets. Who is not feasible is worse than who is, and than who violates less:
                            // constrained domination of Deb et al. (2002), VI.A
};

// The candidates best first: by budget, the highest first, then by front, within a front by seq. With one
// objective a front is a set of ties, so this is the plain order by value. Candidates without exactly one
// finite value per objective are left out.
std::vector<Place> rank_trials(const std::vector<Candidate>& candidates,
                               const std::vector<Objective>& objectives);

// Indices of front 0 by seq: the best trial and its ties, or the Pareto front, of the highest budget.
std::vector<std::size_t> best_trials(const std::vector<Candidate>& candidates,
                                     const std::vector<Objective>& objectives);

// Indices into `costs` (less is better, finite, of one length; at least one; `violations`: of each, or
// empty), best first: by front, within a front the loneliest first, the ends of an objective most of all; of
// equals as they come. The crowding distance of Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist
// multiobjective genetic algorithm: NSGA-II" (2002), III.B.
std::vector<std::size_t> order_by_crowding(const std::vector<std::vector<double>>& costs,
                                           const std::vector<double>& violations = {});

}  // namespace tw
