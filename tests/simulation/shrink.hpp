// The shortest story of a broken rule.
#pragma once

#include "simulation/scene.hpp"

namespace tw::simulation {

// Leaves out fault after fault while the same rule breaks. The finding has the story.
Finding shrink(std::uint64_t seed);

}  // namespace tw::simulation
