// The margin of Hamano, Saito, Nomura, Shirakawa, "CMA-ES with Margin: Lower-Bounding Marginal Probability
// for Mixed-Integer Black-Box Optimization", arXiv 2205.13482, section 4. Not installed.
#pragma once

#include "optimize/unit.hpp"

namespace tw::cmaes {

struct Marginal {
    double mean = 0, deviation = 0;
};

// `marginal`, whose mean lies in `cell` (infinite at the ends of the parameter's values), such that a sample
// leaves the cell with probability alpha at least, and to each side with alpha / 2.
Marginal with_margin(Marginal marginal, Share cell, double alpha);

}  // namespace tw::cmaes
