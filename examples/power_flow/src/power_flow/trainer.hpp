// Trains the surrogate, one epoch at a time; the same seed gives the same network, however often
// the training was interrupted.
#pragma once

#include "power_flow/model.hpp"
#include "power_flow/optimizer.hpp"
#include "power_flow/settings.hpp"

namespace power_flow {

// Scaled samples, one a column.
struct Samples {
    MatrixXd inputs, outputs;
};

class Trainer {
public:
    // Both sets must not be empty; they are scaled by the training set.
    Trainer(const Settings& settings, const Grid& grid, const std::vector<SolvedScenario>& training,
            const std::vector<SolvedScenario>& validation, std::uint64_t seed);

    int epoch() const { return epoch_; }   // epochs done
    double loss() const { return loss_; }  // of the validation set, after them; finite
    bool diverged() const { return diverged_; }

    // False if the loss became infinite or NaN: the network of the epoch before is kept, and
    // further epochs do nothing.
    bool run_epoch();

    Model model() const { return {network_, input_scaling_, output_scaling_}; }

    nlohmann::json checkpoint() const;

    // False, with nothing changed, if it was made by other settings or is damaged.
    bool resume(const nlohmann::json& checkpoint);

private:
    void pass(Network& network, Optimizer& optimizer) const;
    double learning_rate(double progress) const;

    Settings settings_;
    std::uint64_t seed_;
    Scaling input_scaling_, output_scaling_;
    Samples training_, validation_;
    Network network_;
    Optimizer optimizer_;
    int epoch_ = 0;
    double loss_ = 0;
    bool diverged_ = false;
};

}  // namespace power_flow
