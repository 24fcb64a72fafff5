#include "optimize/cmaes/weights.hpp"

#include <algorithm>
#include <cmath>

namespace tw::cmaes {
namespace {

// (sum w)^2 / sum w^2 over [first, last).
double effective_mass(const std::vector<double>& weights, std::size_t first, std::size_t last) {
    double sum = 0, squares = 0;
    for (std::size_t i = first; i < last; ++i) {
        sum += weights[i];
        squares += weights[i] * weights[i];
    }
    return squares > 0 ? sum * sum / squares : 0;
}

// Ros & Hansen, "A Simple Modification in CMA-ES Achieving Linear Time and Space Complexity" (2008): fewer
// numbers are learned, so they may be learned faster.
double learning_scale(int dimension, bool separable) {
    return separable ? (dimension + 2) / 3.0 : 1.0;
}

}  // namespace

int default_lambda(int dimension) {
    return 4 + static_cast<int>(3 * std::log(std::max(dimension, 1)));
}

Weights::Weights(int dimension, int lambda, bool separable) {
    const double n = std::max(dimension, 1), scale = learning_scale(dimension, separable);
    for (int i = 1; i <= lambda; ++i) ranks.push_back(std::log((lambda + 1) / 2.0) - std::log(i));
    const std::size_t parents = static_cast<std::size_t>(lambda / 2);
    mass = effective_mass(ranks, 0, parents);
    rank_one = std::min(scale * 2 / ((n + 1.3) * (n + 1.3) + mass), 0.5);
    rank_mu = std::min(1 - rank_one, scale * 2 * (0.25 + mass + 1 / mass - 2) / ((n + 2) * (n + 2) + mass));
    path_shape = (4 + mass / n) / (n + 4 + 2 * mass / n);
    path_sigma = (mass + 2) / (n + mass + 5);
    damping = 1 + 2 * std::max(0.0, std::sqrt((mass - 1) / (n + 1)) - 1) + path_sigma;
    expected_length = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));

    const double negative_mass = effective_mass(ranks, parents, ranks.size());
    const double most = std::min({1 + rank_one / rank_mu, 1 + 2 * negative_mass / (mass + 2),
                                  (1 - rank_one - rank_mu) / (n * rank_mu)});
    double positive = 0, negative = 0;
    for (const double w : ranks) (w > 0 ? positive : negative) += std::abs(w);
    for (double& w : ranks) w *= w > 0 ? 1 / positive : most / negative;
}

}  // namespace tw::cmaes
