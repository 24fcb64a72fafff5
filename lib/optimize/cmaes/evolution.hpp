// One run of CMA-ES from its start to where it is restarted. Not installed.
#pragma once

#include "optimize/cmaes/axes.hpp"
#include "optimize/cmaes/shape.hpp"
#include "optimize/cmaes/weights.hpp"
#include "optimize/stream.hpp"

namespace tw::cmaes {

struct Start {
    Vector mean;
    double sigma = 0;
    Matrix shape;  // as Shape takes it
    int lambda = 0;
};

// A normal distribution of which each generation's best move the mean and bend the shape.
class Evolution {
public:
    explicit Evolution(const Start& start);

    int lambda() const { return lambda_; }
    const Vector& mean() const { return mean_; }

    Vector sample(Stream& stream) const;

    // From the mean to `x`, in units of the step size.
    Vector step_to(const Vector& x) const;

    // Of a step, as the distribution measures it: about the root of the dimension for its own samples.
    double length(const Vector& step) const { return shape_.whiten(step).norm(); }

    // A generation's steps, best first; lambda() of them or more.
    void advance(const std::vector<Step>& steps, const Axes& axes);

    // Too narrow to tell its points from each other.
    bool collapsed(const Axes& axes) const;

private:
    bool extend_paths(const Vector& mean_step);
    void keep_size();
    void keep_margin(const Axes& axes);

    int lambda_;
    Vector mean_;
    double sigma_;
    Shape shape_;
    Weights weights_;
    Vector stretch_;  // per coordinate, of sampling only; from the margin
    Vector path_sigma_, path_shape_;
    int generation_ = 0;
};

}  // namespace tw::cmaes
