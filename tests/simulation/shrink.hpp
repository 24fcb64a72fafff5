// The shortest story of a broken rule.
#pragma once

#include "simulation/scene.hpp"

namespace tw::simulation {

// Leaves out fault after fault while the same rule breaks. The story keeps what bears on the trial that the rule
// was broken for.
Finding shrink(std::uint64_t seed);

}  // namespace tw::simulation
