#include "optimize/gp/acquisition.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "optimize/normal.hpp"

namespace tw::gp {
namespace {

double with_least(double log_improvement, double log_least) {
    return std::max(log_improvement, log_least) +
           std::log1p(std::exp(-std::abs(log_improvement - log_least)));
}

constexpr double far = -25;  // from there on the tail's series is exact to 1e-5

class ExpectedImprovement final : public Improvement {
public:
    ExpectedImprovement(const Posterior& posterior, Vector least)
        : posterior_(posterior), least_(std::move(least)) {}

    Vector at(const Matrix& rows) const override {
        const Prediction prediction = posterior_.at(rows);
        Vector result(rows.rows());
        for (Eigen::Index i = 0; i < rows.rows(); ++i) {
            const double deviation = std::sqrt(prediction.variances(i));
            Eigen::ArrayXd logs(least_.size());
            for (Eigen::Index j = 0; j < least_.size(); ++j)
                logs(j) = log_improvement((least_(j) - prediction.means(i, j)) / deviation).value;
            result(i) = std::log(deviation) + log_mean(logs);
        }
        return result;
    }

    double around(const Vector& x, Vector& gradient) const override {
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

    double log_least() const override { return std::log(1e-3); }  // in deviations of the values

private:
    const Posterior& posterior_;
    Vector least_;  // by scenario
};

}  // namespace

double log_mean(const Eigen::ArrayXd& values) {
    const double most = values.maxCoeff();
    return most + std::log((values - most).exp().mean());
}

LogImprovement log_improvement(double z) {
    if (z < far) return {-z * z / 2 - std::log(2 * std::numbers::pi) / 2 - 2 * std::log(-z), -z - 2 / z};
    const double h = normal_density(z) + z * normal_below(z);
    return {std::log(h), normal_below(z) / h};
}

std::unique_ptr<const Improvement> expected_improvement(const Posterior& posterior, Vector least) {
    if (least.size() == 0) return nullptr;
    return std::make_unique<ExpectedImprovement>(posterior, std::move(least));
}

Vector Acquisition::at(const Matrix& rows) const {
    Vector result = improvement_ ? improvement_->at(rows) : Vector(Vector::Zero(rows.rows()));
    if (improvement_ && !limits_.empty())
        result = result.unaryExpr([&](double v) { return with_least(v, improvement_->log_least()); });
    for (Eigen::Index i = 0; belief_ && i < rows.rows(); ++i)
        result(i) += belief_->log_at(rows.row(i).transpose());
    for (const Limit& limit : limits_) result += limit.at(rows);
    return result;
}

double Acquisition::around(const Vector& x, Vector& gradient) const {
    gradient = Vector::Zero(x.size());
    double sum = improvement_ ? improvement_->around(x, gradient) : 0;
    if (improvement_ && !limits_.empty()) {
        const double improvement = std::exchange(sum, with_least(sum, improvement_->log_least()));
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

}  // namespace tw::gp
