// A configuration beside another. Not installed.
#pragma once

#include "optimize/stream.hpp"
#include "optimize/unit.hpp"

namespace tw::pbt {

// Each parameter is drawn anew with probability 1/4, as is one that was inactive. Else a number is multiplied
// by 0.8 or by 1.2 within its bounds, at least to the next value where it has steps; a choice goes to the one
// before or after it: Jaderberg et al., "Population Based Training of Neural Networks" (2017, arXiv
// 1711.09846), 4.1.1 and A.1.
Params explore(const UnitCube& cube, const Params& params, Stream& stream);

}  // namespace tw::pbt
