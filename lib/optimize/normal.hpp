// The standard normal distribution. Private to lib/optimize.
#pragma once

namespace tw {

double normal_density(double z);

// How much of it lies below z.
double normal_below(double z);

// Between a <= b; of tails as exact as of the middle.
double normal_between(double a, double b);

// Where `p` of it lies below; `p` is kept from 1e-16 to 1 - 1e-16, so that it is finite.
double normal_quantile(double p);

// Where `p` of it lies above, 0 < p < 1; as exact for the smallest `p`.
double normal_quantile_above(double p);

}  // namespace tw
