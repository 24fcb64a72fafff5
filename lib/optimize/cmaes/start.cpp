#include "optimize/cmaes/start.hpp"

#include <algorithm>
#include <cmath>

#include "optimize/prior.hpp"

namespace tw::cmaes {
namespace {

constexpr double off_centre = 0.1;  // in each coordinate at most
constexpr double kernel = 0.1;      // deviation around each good point: alpha of Nomura et al.
constexpr std::size_t one_in = 10;  // is good: gamma of theirs

constexpr Eigen::Index most_correlated = 40;  // dimensions; of more only the variances are learned

// A covariance as Shape takes it.
Matrix identity(Eigen::Index n) {
    if (n > most_correlated) return Vector::Ones(n);
    return Matrix::Identity(n, n);
}

Matrix outer(const Vector& v) {
    if (v.size() > most_correlated) return v.cwiseAbs2();
    return v * v.transpose();
}

Start isotropic(Vector mean, double sigma, int lambda) {
    Matrix shape = identity(mean.size());
    return {std::move(mean), sigma, std::move(shape), lambda};
}

Vector as_vector(const Point& point) {
    Vector x(static_cast<Eigen::Index>(point.size()));
    for (std::size_t i = 0; i < point.size(); ++i)
        x[static_cast<Eigen::Index>(i)] = std::isfinite(point[i]) ? point[i] : 0.5;
    return x;
}

std::vector<const Told*> best_first(const History& history) {
    std::vector<const Told*> known;
    for (const Told& told : history.told())
        if (!told.replaced && !told.costs.empty()) known.push_back(&told);
    std::stable_sort(known.begin(), known.end(), [](const Told* a, const Told* b) {
        if (a->violation != b->violation) return a->violation < b->violation;
        return a->costs.front() < b->costs.front();
    });
    return known;
}

// What is believed of a coordinate is a better start than a default or the middle, and says how far to look;
// not farther than without, and not so near that nothing but the belief is ever seen.
Start believed(Vector mean, const UnitCube& cube, int lambda) {
    const std::vector<AxisPrior> priors = priors_of(cube);
    if (std::none_of(priors.begin(), priors.end(), [](const AxisPrior& prior) { return prior.normal(); }))
        return isotropic(std::move(mean), first_sigma, lambda);
    Vector deviations = Vector::Constant(mean.size(), first_sigma);
    for (std::size_t i = 0; i < priors.size(); ++i) {
        if (!priors[i].normal()) continue;
        mean[static_cast<Eigen::Index>(i)] = priors[i].normal()->mean;
        deviations[static_cast<Eigen::Index>(i)] =
            std::clamp(priors[i].normal()->deviation, first_sigma / 10, first_sigma);
    }
    const double sigma = std::exp(deviations.array().log().mean());
    const Vector variances = (deviations / sigma).cwiseAbs2();
    Matrix shape = mean.size() > most_correlated ? Matrix(variances) : Matrix(variances.asDiagonal());
    return {std::move(mean), sigma, std::move(shape), lambda};
}

Vector cold_mean(const UnitCube& cube, std::uint64_t seed) {
    if (const auto first = default_configuration(cube.space())) {
        Point point;
        for (const auto& u : cube.point(*first)) point.push_back(u.value_or(0.5));
        return as_vector(point);
    }
    Stream stream = make_stream(seed, 0, "cmaes start");
    Vector mean(static_cast<Eigen::Index>(cube.dimension()));
    for (double& u : mean) u = 0.5 + off_centre * (2 * draw_unit(stream) - 1);
    return mean;
}

// Sigma is the geometric mean of the deviations, which leaves the shape a determinant of one.
Start from_scatter(const std::vector<Vector>& good, int lambda) {
    const Eigen::Index n = good.front().size();
    Vector mean = Vector::Zero(n);
    for (const Vector& x : good) mean += x / static_cast<double>(good.size());
    Matrix scatter = kernel * kernel * identity(n);
    for (const Vector& x : good) scatter += outer(x - mean) / static_cast<double>(good.size());
    const double sigma = std::exp(Shape(scatter).lengths().array().log().mean());
    return {std::move(mean), sigma, scatter / (sigma * sigma), lambda};
}

}  // namespace

Start first_start(const History& history, std::uint64_t seed) {
    const int lambda = default_lambda(static_cast<int>(history.cube().dimension()));
    const std::vector<const Told*> known = best_first(history);
    if (known.empty()) return believed(cold_mean(history.cube(), seed), history.cube(), lambda);
    if (known.size() < 2 * one_in) return isotropic(as_vector(known.front()->point), first_sigma, lambda);
    std::vector<Vector> good;
    for (std::size_t i = 0; i < known.size() / one_in; ++i) good.push_back(as_vector(known[i]->point));
    return from_scatter(good, lambda);
}

Start random_start(std::size_t dimension, double sigma, int lambda, Stream& stream) {
    Vector mean(static_cast<Eigen::Index>(dimension));
    for (double& u : mean) u = draw_unit(stream);
    return isotropic(std::move(mean), sigma, lambda);
}

}  // namespace tw::cmaes
