// How far from the best trial a local search looks. Private to lib/optimize.
#pragma once

#include "optimize/gp/search.hpp"

namespace tw::gp {

// The side of the region, in units of the cube: doubled after three successes in a row, halved after as many
// failures as there are columns (at least four), begun anew when it has become tiny: Eriksson, Pearce,
// Gardner, Turner, Poloczek, "Scalable global optimization via local Bayesian optimization" (TuRBO, 2019),
// with all trials of the search as its history.
double trust_length(const History& history, std::size_t startup);

// The region around a row, longer in columns in which the function is smoother. Categories stay free.
void confine(SearchSpace& space, const Vector& centre, double length, const Vector& lengths);

}  // namespace tw::gp
