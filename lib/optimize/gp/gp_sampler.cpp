// Bayesian optimisation with a Gaussian process: the largest expected improvement over the least value that
// the process believes to have seen, trials that are under way imagined.
//
// No one model is right for all functions, so proposals take turns. Every other pair sees the values without
// the ranks of the bad half. Every other one looks around the best trial only, until that has brought nothing
// for long. One in four goes elsewhere: to a category or a branch drawn at random, measured by the best that
// is known there, for else a branch that began badly would never be seen again; in a space without any, less
// often, to the likeliest of a few places drawn at random.
#include "optimize/gp/gp_sampler.hpp"

#include <algorithm>
#include <limits>

#include "optimize/gp/acquisition.hpp"
#include "optimize/gp/branches.hpp"
#include "optimize/gp/fit.hpp"
#include "optimize/gp/front_sampler.hpp"
#include "optimize/gp/observations.hpp"
#include "optimize/gp/search.hpp"
#include "optimize/gp/trust_region.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

using namespace gp;

// What a proposal may cost: a factorisation of so many rows, a fit of so many.
constexpr std::size_t most_rows = 400, most_fitted = 150;
constexpr int scenarios = 8;
constexpr double ambition = 0.5;  // in deviations of the values
constexpr Eigen::Index strangers = 32;
constexpr double converged = 0.15;  // of the trust region
constexpr Eigen::Index most_anchors = 10;
constexpr double conviction = 10;  // beta of piBO: so many results, and a prior weighs as much as improvement

enum class Aim { anywhere, nearby, elsewhere };

// Hyperparameters of one way to see the values, as of so many trials.
struct Fit {
    std::size_t trials = 0;
    Hyperparameters parameters;
};

class GpSampler final : public Sampler {
public:
    GpSampler(std::unique_ptr<Sampler> start, History history, std::uint64_t seed)
        : start_(std::move(start)),
          history_(std::move(history)),
          columns_(columns_of(history_.cube())),
          snap_(history_.cube(), columns_),
          branches_(history_.cube()),
          seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (history_.complete() < startup || columns_.empty()) return start_->ask(k);
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "gp");
        const bool ranked = k / 2 % 2 == 0;
        const Observations observed = observations_of(history_, columns_, everything, most_rows, ranked);
        Posterior posterior(Kernel(kinds_of(columns_), hyperparameters(ranked)), observed.rows,
                            observed.values);
        const Vector centre = observed.rows.row(posterior.best_row()).transpose();
        posterior.imagine(features_of(history_.pending(k), columns_), scenarios, stream);
        const Vector row = choose(k, posterior, centre, observed.rows, stream);
        return Suggestion{history_.cube().params(point_of(row, columns_)), name()};
    }

    void proposed(std::int64_t k, const Suggestion& made) override { history_.proposed(k, made.params); }
    void tell(const Observation& observation) override { history_.tell(observation); }
    std::string name() const override { return "gp"; }

private:
    Vector choose(std::int64_t k, const Posterior& posterior, const Vector& centre, const Matrix& observed,
                  Stream& stream) const {
        SearchSpace space(columns_, snap_);
        const Belief belief(history_.cube(), columns_, conviction / static_cast<double>(history_.complete()));
        const Vector least = posterior.least(space.low, space.high);
        const Matrix anchors = observed.topRows(std::min(most_anchors, observed.rows()));
        const double length = trust_length(history_, startup);
        const auto look = [&](Vector over) {
            return maximise(Acquisition(posterior, std::move(over), &belief), space, anchors, posterior.rows(),
                            stream);
        };
        switch (aim_of(k, length)) {
            case Aim::anywhere: return look(least);
            case Aim::nearby:
                confine(space, centre, length, posterior.kernel().parameters().lengths);
                return look(least);
            case Aim::elsewhere: break;
        }
        if (branches_.none())
            return best_of(Acquisition(posterior, least.array() - ambition, &belief), space, strangers,
                           stream);
        branches_.confine(space, stream);
        return look(posterior.least(space.low, space.high));
    }

    Aim aim_of(std::int64_t k, double length) const {
        if (k % 2 == 1) return length < converged ? Aim::elsewhere : Aim::nearby;
        return k % (branches_.none() ? 8 : 4) == 2 ? Aim::elsewhere : Aim::anywhere;
    }

    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

    // Fitted anew when a tenth has been added, on what was known then: so they do not depend on when they are
    // asked for.
    const Hyperparameters& hyperparameters(bool ranked) {
        std::size_t due = startup;
        for (std::size_t next = due; next <= history_.complete(); next += std::max<std::size_t>(1, next / 10))
            due = next;
        Fit& known = fits_[ranked ? 1 : 0];
        if (due != known.trials) {
            const Observations observed = observations_of(history_, columns_, due, most_fitted, ranked);
            known = {due, fit(observed.rows, kinds_of(columns_), observed.values)};
        }
        return known.parameters;
    }

    std::unique_ptr<Sampler> start_;
    History history_;
    std::vector<Column> columns_;
    Snap snap_;
    Branches branches_;
    std::uint64_t seed_;
    Fit fits_[2];
};

}  // namespace

std::unique_ptr<Sampler> gp::make_gp_sampler(std::unique_ptr<Sampler> start, History history,
                                             std::uint64_t seed) {
    return std::make_unique<GpSampler>(std::move(start), std::move(history), seed);
}

SamplerResult make_gp(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_sobol(space, seed);
    if (!start) return start;
    const auto make = objectives.size() > 1 ? make_front_sampler : make_gp_sampler;
    return make(std::move(*start), History(UnitCube(std::move(space)), objectives), seed);
}

}  // namespace tw
