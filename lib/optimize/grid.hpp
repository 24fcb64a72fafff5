// Every distinct configuration of a space, numbered, without listing them.
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
    // Code::invalid when a parent has too many values to try its conditions on.
    static Result<Grid> make(const Space& space);

    // The number of configurations; the largest int64 stands for any larger number.
    std::int64_t size() const { return size_; }

    // Configuration number `index`, 0 <= index < size().
    Params at(std::int64_t index) const;

    // Its reverse; nothing for a configuration that is not on the grid.
    std::optional<std::int64_t> find(const Params& params) const;

private:
    using Off = std::vector<bool>;  // by axis: a condition of it has failed

    std::int64_t count(std::size_t n, const Off& off);
    std::int64_t known(std::size_t n, const Off& off) const;

    std::vector<GridAxis> axes_;
    std::map<std::pair<std::size_t, Off>, std::int64_t> counts_;
    std::int64_t size_ = 0;
};

}  // namespace tw
