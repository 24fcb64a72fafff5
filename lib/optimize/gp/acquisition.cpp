#include "optimize/gp/acquisition.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "optimize/normal.hpp"

namespace tw::gp {
namespace {

// With limits: what is less is not worth a risk, in deviations of the values. Else where nothing better is
// left but what is surely infeasible, that is proposed.
const double log_least = std::log(1e-3);

double with_least(double log_improvement) {
    return std::max(log_improvement, log_least) +
           std::log1p(std::exp(-std::abs(log_improvement - log_least)));
}

constexpr double far = -25;  // from there on the tail's series is exact to 1e-5

double density(double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

// log of the mean of exp(values).
double log_mean(const Eigen::ArrayXd& values) {
    const double most = values.maxCoeff();
    return most + std::log((values - most).exp().mean());
}

}  // namespace

LogImprovement log_improvement(double z) {
    if (z < far) return {-z * z / 2 - std::log(2 * std::numbers::pi) / 2 - 2 * std::log(-z), -z - 2 / z};
    const double h = density(z) + z * normal_below(z);
    return {std::log(h), normal_below(z) / h};
}

Vector Acquisition::at(const Matrix& rows) const {
    Vector result = Vector::Zero(rows.rows());
    if (least_.size() > 0) {
        const Prediction prediction = posterior_.at(rows);
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            const double deviation = std::sqrt(prediction.variances(i));
            Eigen::ArrayXd logs(least_.size());
            for (Eigen::Index j = 0; j < least_.size(); ++j)
                logs(j) = log_improvement((least_(j) - prediction.means(i, j)) / deviation).value;
            const double improvement = std::log(deviation) + log_mean(logs);
            result(i) = limits_.empty() ? improvement : with_least(improvement);
        }
    }
    for (Eigen::Index i = 0; belief_ && i < rows.rows(); ++i)
        result(i) += belief_->log_at(rows.row(i).transpose());
    for (const Limit& limit : limits_) result += limit.at(rows);
    return result;
}

double Acquisition::around(const Vector& x, Vector& gradient) const {
    gradient = Vector::Zero(x.size());
    double sum = least_.size() > 0 ? improvement_around(x, gradient) : 0;
    if (least_.size() > 0 && !limits_.empty()) {
        const double improvement = std::exchange(sum, with_least(sum));
        gradient *= std::exp(improvement - sum);
    }
    if (belief_) {
        belief_->add_slope(x, gradient);
        sum += belief_->log_at(x);
    }
    Vector slope;
    for (const Limit& limit : limits_) {
        sum += limit.around(x, slope);
        gradient += slope;
    }
    return sum;
}

double Acquisition::improvement_around(const Vector& x, Vector& gradient) const {
    const Posterior::Local local = posterior_.around(x);
    const double deviation = std::sqrt(local.variance);
    const Vector deviation_slope = local.variance_slope / (2 * deviation);
    Eigen::ArrayXd logs(least_.size());
    Matrix slopes(x.size(), least_.size());
    for (Eigen::Index j = 0; j < least_.size(); ++j) {
        const double z = (least_(j) - local.means(j)) / deviation;
        const LogImprovement improvement = log_improvement(z);
        logs(j) = improvement.value;
        slopes.col(j) = improvement.slope * -(local.slopes.col(j) + z * deviation_slope) / deviation;
    }
    const double mean = log_mean(logs);
    const Vector weights = (logs - mean).exp() / static_cast<double>(least_.size());
    gradient = deviation_slope / deviation + slopes * weights;
    return std::log(deviation) + mean;
}

}  // namespace tw::gp
