// A configuration from two. Not installed.
#pragma once

#include <vector>

#include "optimize/history.hpp"
#include "optimize/stream.hpp"

namespace tw::nsga2 {

// A point all of whose coordinates are in [0, 1]. Numbers by simulated binary crossover and polynomial
// mutation, choices from either parent or anew; what one parent alone has from that one, what none has
// uniformly.
Point make_child(const std::vector<Parameter>& axes, const Point& a, const Point& b, Stream& stream);

}  // namespace tw::nsga2
