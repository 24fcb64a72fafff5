// carry_over() for the trials of a whole search: most fit as they are, and nothing of them is copied.
#pragma once

#include <cstddef>
#include <vector>

#include "records/space.hpp"

namespace tw {

class CarryOver {
public:
    explicit CarryOver(Space space);

    const Space& space() const { return space_; }
    Result<Params> operator()(Params params) const;  // as carry_over(space(), params)

private:
    bool fits_as_it_is(const Params& params) const;

    Space space_;
    std::vector<std::size_t> by_name_;  // parameters, as Params have them
};

}  // namespace tw
