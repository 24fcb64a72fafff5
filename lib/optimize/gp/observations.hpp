// The trials that a model is made of. Private to lib/optimize.
#pragma once

#include <cstddef>

#include "optimize/gp/features.hpp"

namespace tw::gp {

struct Observations {
    Matrix rows;  // best first
    Vector values;
    double unit = 0;  // of scaled_observations_of(): the objective's difference that is 1 among the values
    std::size_t feasible = 0;  // the first ones of them
};

// Feasible ones by their first cost, then by violation; of equals as they come. All have costs.
std::vector<const Told*> best_first(std::vector<const Told*> complete);

// Of the first `known` complete trials at most `most`: the best, and of the others an even choice by rank.
// The work of a model is bounded by `most`. `ranked`: see warped().
Observations observations_of(const History& history, const std::vector<Column>& columns, std::size_t known,
                             std::size_t most, bool ranked);

// Of all of them, scaled().
Observations scaled_observations_of(const History& history, const std::vector<Column>& columns,
                                    std::size_t most);

// observations_of() for several objectives; best are those that no other one beats, of these the loneliest.
struct FrontObservations {
    Matrix rows;               // best first
    Matrix values;             // a column per objective: standardised(), without_outliers()
    std::size_t feasible = 0;  // the first ones of them
};
FrontObservations front_observations_of(const History& history, const std::vector<Column>& columns,
                                        std::size_t known, std::size_t most);

}  // namespace tw::gp
