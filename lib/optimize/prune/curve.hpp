// The intermediate values of one trial, by step.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "records/documents.hpp"

namespace tw {

class Curve {
public:
    void add(std::int64_t step, double value);  // not a step that is there

    const std::vector<Measured>& points() const { return points_; }  // by step

    // The first point at `step` or beyond.
    std::vector<Measured>::const_iterator from(std::int64_t step) const;

    std::optional<double> at_or_before(std::int64_t step) const;

private:
    std::vector<Measured> points_;
};

}  // namespace tw
