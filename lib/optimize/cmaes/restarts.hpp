// BIPOP: Hansen, "Benchmarking a BI-Population CMA-ES on the BBOB-2009 Function Testbed", GECCO 2009. Not
// installed.
#pragma once

#include <cstdint>

#include "optimize/stream.hpp"

namespace tw::cmaes {

struct Regime {
    int lambda = 0;
    double sigma = 0;
    std::int64_t most = 0;  // results until it is left; 0: no limit
};

// What comes after each run: more and more samples per generation (IPOP), or few from a small step size, so
// that both kinds have about the same share of the results.
class Restarts {
public:
    Restarts(int lambda, double sigma) : lambda_(lambda), sigma_(sigma) {}

    // `spent`: the results of the run that has ended.
    Regime next(std::int64_t spent, Stream& stream);

private:
    int lambda_;
    double sigma_;
    int doublings_ = 0;
    bool large_ = false;  // the run that goes on
    std::int64_t large_spent_ = 0, small_spent_ = 0, last_large_ = 0;
};

}  // namespace tw::cmaes
