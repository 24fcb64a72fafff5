// Values turned into what a Gaussian process with one length scale everywhere can follow. Private to
// lib/optimize.
#pragma once

#include "optimize/gp/features.hpp"

namespace tw::gp {

// In the order of the values given, by a power transform that makes them most like a normal distribution's.
// `ranked`: first, how bad the bad half is says little of where the good trials are, and is replaced by
// ranks. Mean 0, variance 1; all 0 where all values are equal.
Vector warped(const Vector& values, bool ranked);

// Mean 0, variance 1; all 0 where all values are equal.
Vector standardised(const Vector& values);

// What is a hundred times farther above the median than the least value is below it is that far: else all
// others would be alike beside a single huge one.
Vector without_outliers(const Vector& values);

// Ranked as above and no more: among the good half a difference is what it was, in units of `unit`; 0 where
// all values are equal.
struct Scaled {
    Vector values;
    double unit = 0;
};
Scaled scaled(const Vector& values);

}  // namespace tw::gp
