// Configurations that meet the constraints on parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "optimize/prior.hpp"
#include "optimize/stream.hpp"
#include "optimize/unit.hpp"

namespace tw {

// Of configurations drawn at random.
struct FeasibleShare {
    std::int64_t drawn = 0, met = 0;  // all constraints
    std::string rarest;               // the constraint that the fewest meet; "" where there are none
    std::int64_t met_rarest = 0;

    double share() const { return drawn > 0 ? static_cast<double>(met) / static_cast<double>(drawn) : 1; }
};

FeasibleShare feasible_share(const UnitCube& cube, std::uint64_t seed, std::int64_t draws);

// So many are drawn before none is thought to be feasible.
inline constexpr std::int64_t most_feasible_draws = 100'000;

// Draws feasible points of a cube, of which they may be a small part: where drawing takes too long it walks
// from one of a few that it has drawn once. Immutable.
class Feasible {
public:
    // Code::invalid where neither the default configuration nor one of most_feasible_draws meets all
    // constraints; the one that the fewest meet is named.
    static Result<Feasible> make(const UnitCube& cube, std::uint64_t seed);

    // Of the cube that it was made for: as the priors say, over what is feasible; nearly so where that is
    // little. Without constraints where the first point that the stream gives lies under them.
    std::vector<double> draw(const UnitCube& cube, Stream& stream) const;

private:
    explicit Feasible(const UnitCube& cube) : priors_(priors_of(cube)) {}

    std::vector<AxisPrior> priors_;
    std::vector<std::vector<double>> known_;  // none: everything is feasible
};

}  // namespace tw
