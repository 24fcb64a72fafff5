// The constants of CMA-ES for a dimension and a number of results per generation: Hansen, "The CMA Evolution
// Strategy: A Tutorial", arXiv 1604.00772, table 1.
#pragma once

#include <vector>

namespace tw::cmaes {

int default_lambda(int dimension);

struct Weights {
    Weights(int dimension, int lambda, bool separable);

    std::vector<double> ranks;  // by rank, best first; negative from the middle on (active update)
    double mass = 0;            // the variance effective selection mass
    double rank_one = 0, rank_mu = 0;
    double path_shape = 0, path_sigma = 0;
    double damping = 0;
    double expected_length = 0;  // of a standard normal vector
};

}  // namespace tw::cmaes
