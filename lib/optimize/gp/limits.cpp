#include "optimize/gp/limits.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "optimize/gp/fit.hpp"
#include "optimize/gp/gp_sampler.hpp"
#include "optimize/gp/observations.hpp"
#include "optimize/normal.hpp"

namespace tw::gp {
namespace {

// What a proposal may cost.
constexpr std::size_t most_rows = 200, most_fitted = 100;

constexpr int failing = -1;

// How far beyond the bound a trial is. A failed one has no values: nothing.
std::optional<double> excess_at(const Told& told, int bound) {
    if (bound == failing) return told.costs.empty() ? 1.0 : -1.0;
    if (told.costs.empty() || static_cast<std::size_t>(bound) >= told.excess.size()) return std::nullopt;
    return told.excess[static_cast<std::size_t>(bound)];
}

double middle_size(Vector values) {
    values = values.cwiseAbs();
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    const double middle = values(values.size() / 2);
    return middle > 0 ? middle : std::max(values.maxCoeff(), 1e-300);
}

// Rows and values of mean 0 and variance 1, and where the bound lies among these.
struct Scaled {
    Matrix rows;
    Vector values;
    double bound = 0;
};

// Nothing where all are alike.
std::optional<Scaled> scaled(const std::vector<const Told*>& trials, int bound,
                             const std::vector<Column>& columns) {
    std::vector<Point> points;
    std::vector<double> excess;
    for (const Told* told : trials)
        if (const auto value = excess_at(*told, bound)) {
            points.push_back(told->point);
            excess.push_back(*value);
        }
    if (excess.empty()) return std::nullopt;
    Vector values = Eigen::Map<const Vector>(excess.data(), static_cast<Eigen::Index>(excess.size()));
    const double size = middle_size(values);
    values = values.unaryExpr(
        [&](double v) { return std::copysign(std::log1p(std::min(std::abs(v) / size, 1e300)), v); });
    const double mean = values.mean(), deviation = std::sqrt((values.array() - mean).square().mean());
    if (!(deviation > 1e-12)) return std::nullopt;
    return Scaled{features_of(points, columns), (values.array() - mean) / deviation, -mean / deviation};
}

// An even choice.
std::vector<const Told*> thinned(const std::vector<const Told*>& trials, std::size_t most) {
    if (trials.size() <= most) return trials;
    std::vector<const Told*> chosen;
    for (std::size_t i = 0; i < most; ++i) chosen.push_back(trials[i * trials.size() / most]);
    return chosen;
}

// Of the first `known` trials at most `most`: half of them failed ones, if there are so many.
std::vector<const Told*> trials_for(const History& history, std::size_t known, int bound, std::size_t most) {
    std::vector<const Told*> complete, failed;
    for (const Told& told : history.told())
        if (!told.replaced && complete.size() + failed.size() < known)
            (told.costs.empty() ? failed : complete).push_back(&told);
    if (bound != failing) return thinned(best_first(complete), most);
    failed = thinned(failed, std::max(most / 2, most - std::min(most, complete.size())));
    auto chosen = thinned(best_first(complete), most - failed.size());
    chosen.insert(chosen.end(), failed.begin(), failed.end());
    return chosen;
}

std::size_t count_bounds(const History& history) {
    std::size_t most = 0;
    for (const Told& told : history.told()) most = std::max(most, told.excess.size());
    return most;
}

}  // namespace

LogNormal log_normal(double z) {
    constexpr double far = -25;  // from there on the tail's series is exact to 1e-5
    const double log_density = -z * z / 2 - std::log(2 * std::numbers::pi) / 2;
    if (z < far) {
        const double inverse = 1 / (z * z);
        return {log_density - std::log(-z) + std::log1p(-inverse * (1 - 3 * inverse)),
                -z - (1 - 2 * inverse) / z};
    }
    const double value = std::log(normal_below(z));
    return {value, std::exp(log_density - value)};
}

Vector Limit::at(const Matrix& rows) const {
    const Prediction prediction = posterior_.at(rows);
    const double noise = posterior_.kernel().parameters().noise;
    Vector result(rows.rows());
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
        result(i) =
            log_normal((most_ - prediction.means(i, 0)) / std::sqrt(prediction.variances(i) + noise)).value;
    return result;
}

double Limit::around(const Vector& x, Vector& gradient) const {
    const Posterior::Local local = posterior_.around(x);
    const double deviation = std::sqrt(local.variance + posterior_.kernel().parameters().noise);
    const double z = (most_ - local.means(0)) / deviation;
    const LogNormal probability = log_normal(z);
    gradient =
        -probability.slope / deviation * (local.slopes.col(0) + z * local.variance_slope / (2 * deviation));
    return probability.value;
}

std::vector<Limit> LimitModels::all(const History& history, const Matrix& pending, Stream& stream) {
    const std::size_t known = history.complete() + history.failed();
    const std::size_t due = due_fit(known);
    std::vector<Limit> limits;
    const auto add = [&](int bound) {
        const auto seen = scaled(trials_for(history, known, bound, most_rows), bound, columns_);
        if (!seen) return;
        Fit& fit_of = fits_[bound];
        if (fit_of.trials != due) {
            const auto fitted = scaled(trials_for(history, due, bound, most_fitted), bound, columns_);
            if (!fitted) return;
            fit_of = {due, fit(fitted->rows, kinds_of(columns_), fitted->values)};
        }
        Posterior posterior(Kernel(kinds_of(columns_), fit_of.parameters), seen->rows, seen->values);
        posterior.imagine(pending, 1, stream);
        limits.emplace_back(std::move(posterior), seen->bound);
    };
    for (std::size_t bound = 0; bound < count_bounds(history); ++bound) add(static_cast<int>(bound));
    if (history.failed() > 0) add(failing);
    return limits;
}

}  // namespace tw::gp
