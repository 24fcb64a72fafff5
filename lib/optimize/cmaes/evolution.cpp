#include "optimize/cmaes/evolution.hpp"

#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "optimize/cmaes/margin.hpp"

namespace tw::cmaes {
namespace {

constexpr double widest = 1.0;   // deviation; a mirrored normal this wide is uniform in the cube
constexpr double narrow = 1e-7;  // no result depends on it
constexpr double least = 1e-10;  // of the widest coordinate; steps stay possible by their margin

int size_of(const Vector& v) {
    return static_cast<int>(v.size());
}

}  // namespace

Evolution::Evolution(const Start& start)
    : lambda_(start.lambda),
      mean_(start.mean),
      sigma_(start.sigma),
      shape_(start.shape),
      weights_(size_of(mean_), lambda_, shape_.separable()),
      stretch_(Vector::Ones(start.mean.size())),
      path_sigma_(Vector::Zero(start.mean.size())),
      path_shape_(path_sigma_) {
}

Vector Evolution::sample(Stream& stream) const {
    boost::random::normal_distribution<double> normal;
    Vector z(mean_.size());
    for (double& value : z) value = normal(stream);
    return mean_ + sigma_ * stretch_.cwiseProduct(shape_.colour(z));
}

Vector Evolution::step_to(const Vector& x) const {
    return (x - mean_).cwiseQuotient(stretch_) / sigma_;
}

void Evolution::advance(const std::vector<Step>& steps, const Axes& axes) {
    if (steps.size() != weights_.ranks.size())
        weights_ = Weights(size_of(mean_), static_cast<int>(steps.size()), shape_.separable());
    Vector mean_step = Vector::Zero(mean_.size());
    for (std::size_t i = 0; i < steps.size() && weights_.ranks[i] > 0; ++i)
        mean_step += weights_.ranks[i] * steps[i].y;
    const bool stalled = extend_paths(mean_step);
    const double lost = stalled ? weights_.path_shape * (2 - weights_.path_shape) : 0;
    shape_.update(weights_, path_shape_, lost, steps);
    mean_ += sigma_ * stretch_.cwiseProduct(mean_step);
    const double excess = path_sigma_.norm() / weights_.expected_length - 1;
    sigma_ *= std::exp(std::min(1.0, weights_.path_sigma / weights_.damping * excess));
    keep_size();
    keep_margin(axes);
}

// Whether the path of the shape is stalled, as it is while sigma grows fast.
bool Evolution::extend_paths(const Vector& mean_step) {
    const double cs = weights_.path_sigma, cc = weights_.path_shape, n = static_cast<double>(mean_.size());
    path_sigma_ =
        (1 - cs) * path_sigma_ + std::sqrt(cs * (2 - cs) * weights_.mass) * shape_.whiten(mean_step);
    const double warm_up = std::sqrt(1 - std::pow(1 - cs, 2.0 * ++generation_));
    const bool stalled = path_sigma_.norm() >= warm_up * (1.4 + 2 / (n + 1)) * weights_.expected_length;
    path_shape_ *= 1 - cc;
    if (!stalled) path_shape_ += std::sqrt(cc * (2 - cc) * weights_.mass) * mean_step;
    return stalled;
}

void Evolution::keep_size() {
    const double deviation = sigma_ * shape_.deviations().maxCoeff();
    sigma_ *= std::clamp(deviation, least, widest) / deviation;
}

void Evolution::keep_margin(const Axes& axes) {
    const double alpha = 1 / static_cast<double>(weights_.ranks.size() * axes.size());
    const Vector deviations = sigma_ * shape_.deviations();
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (!axes.has_steps(axis)) continue;
        const auto i = static_cast<Eigen::Index>(axis);
        const Marginal kept =
            with_margin({mean_[i], stretch_[i] * deviations[i]}, axes.cell(axis, mean_[i]), alpha);
        mean_[i] = kept.mean;
        stretch_[i] = kept.deviation / deviations[i];
    }
}

bool Evolution::collapsed(const Axes& axes) const {
    const Vector deviations = sigma_ * shape_.deviations();
    bool any = false;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (axes.has_steps(axis)) continue;
        if (deviations[static_cast<Eigen::Index>(axis)] > narrow) return false;
        any = true;
    }
    return any;
}

}  // namespace tw::cmaes
