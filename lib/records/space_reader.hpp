// Private to read_experiment. Not installed.
#pragma once

#include <set>
#include <string>

#include "records/object_reader.hpp"
#include "records/space.hpp"

namespace tw {

// Only scalars that a command line and an environment can carry.
bool read_scalar(const json::Value& value, Scalar& out);

// The `prior` of a parameter whose domain is read.
Prior read_prior(const json::Value& value, const std::string& pointer, const Parameter& parameter,
                 Mistakes& mistakes);

// `broken`: parameters with mistakes, so that their domain is not known.
Space read_space(const json::Value& value, const std::string& pointer, Mistakes& mistakes,
                 std::set<std::string>& broken);

// Parents exist, their conditions can come true, and nobody depends on itself. What is asked of
// the `broken` ones, whose domain is not known, is taken as possible.
void check_conditions(const Space& space, const std::set<std::string>& broken, const std::string& pointer,
                      Mistakes& mistakes);

}  // namespace tw
