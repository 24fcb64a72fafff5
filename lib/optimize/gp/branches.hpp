// Parts of a space that a search should look into now and then, whatever it believes of them. Private to
// lib/optimize.
#pragma once

#include "optimize/gp/search.hpp"

namespace tw::gp {

// The categories that other parameters depend on; where none does, any category by itself.
class Branches {
public:
    explicit Branches(const UnitCube& cube);

    bool none() const { return columns_.empty(); }

    // Holds those of a configuration drawn at random, or one of them, where they are in it.
    void confine(SearchSpace& space, Stream& stream) const;

private:
    std::vector<Eigen::Index> columns_;
    bool conditional_ = false;
};

}  // namespace tw::gp
