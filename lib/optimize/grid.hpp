// Every distinct configuration of a space that meets its constraints, numbered; without constraints, not
// listed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "optimize/grid_axis.hpp"
#include "records/space.hpp"

namespace tw {

// The configurations from 0 to size() - 1, the parameter declared first varying slowest; a conditional
// parameter comes right after the last of its parents, and where it is inactive nothing is repeated.
// A space without conditions is a mixed-radix number; conditions split it into a few such numbers,
// counted once per set of parameters that the values chosen so far have switched off.
class Grid {
public:
    // Code::invalid when a parent has too many values to try its conditions on, when the space has
    // constraints and more configurations than can be tried one by one, and when none meets them.
    static Result<Grid> make(const Space& space);

    // The number of configurations; the largest int64 stands for any larger number.
    std::int64_t size() const { return places_ ? static_cast<std::int64_t>(places_->size()) : all_; }

    // Configuration number `index`, 0 <= index < size().
    Params at(std::int64_t index) const;

    // Its reverse; nothing for a configuration that is not on the grid.
    std::optional<std::int64_t> find(const Params& params) const;

private:
    using Off = std::vector<bool>;  // by axis: a condition of it has failed

    Status keep_feasible(const Space& space);
    Params one_of_all(std::int64_t index) const;
    std::optional<std::int64_t> find_in_all(const Params& params) const;
    std::int64_t count(std::size_t n, const Off& off);
    std::int64_t known(std::size_t n, const Off& off) const;

    std::vector<GridAxis> axes_;
    std::map<std::pair<std::size_t, Off>, std::int64_t> counts_;
    std::int64_t all_ = 0;  // configurations, feasible or not
    std::optional<std::vector<std::int64_t>>
        places_;  // of the feasible ones among all, where there are constraints
};

}  // namespace tw
