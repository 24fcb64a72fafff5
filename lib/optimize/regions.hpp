// Where some of the trials of a search lie.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "records/space.hpp"

namespace tw {

using Members = std::vector<const Params*>;

// In one parameter. Values outside its domain are as none.
struct Region {
    std::size_t active = 0;    // how many have a value
    double low = 0, high = 0;  // of numbers: the least and the largest
    std::vector<std::pair<Scalar, std::size_t>>
        choices;  // of categories: with how many, the most frequent first
};
Region region_of(const Parameter& parameter, const Members& members);

// The end of the range at which half of the members or more are, within a tenth of it (in the logarithm
// where the parameter is). At least five must have a value, and there must be five values to have.
enum class Edge { none, low, high };
Edge edge_of(const Parameter& parameter, const Members& members);

// What all of some trials share and few others do.
struct Trait {
    std::string parameter;
    std::optional<Scalar> choice;     // of a category
    std::optional<double> low, high;  // of numbers: from here on, up to here
    std::size_t others = 0;           // that have it too
};

// The trait that is least likely to be shared by chance, where that is less than 1 in 20 for all that were
// looked at together. At least three trials must be there on both sides.
std::optional<Trait> common_trait(const Space& space, const Members& members, const Members& others);

}  // namespace tw
