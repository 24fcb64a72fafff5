// Bayesian optimisation with a Gaussian process: the largest expected improvement over the least value that
// the process believes to have seen, trials that are under way imagined.
//
// No one model is right for all functions, so proposals take turns. Every other pair sees the values without
// the ranks of the bad half. Every other one looks around the best trial only; when that has brought nothing
// for long, half of them look elsewhere. One in four of the rest goes elsewhere too: to a category or a
// branch drawn at random, measured by the best that is known there, for else a branch that began badly would
// never be seen again; in a space without any, less often, to the likeliest of a few places drawn at random.
#include "optimize/gp/gp_sampler.hpp"

#include <algorithm>

#include "optimize/gp/acquisition.hpp"
#include "optimize/gp/branches.hpp"
#include "optimize/gp/fit.hpp"
#include "optimize/gp/front_sampler.hpp"
#include "optimize/gp/observations.hpp"
#include "optimize/gp/search.hpp"
#include "optimize/gp/settings.hpp"
#include "optimize/gp/trust_region.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

using namespace gp;

constexpr int scenarios = 8;
constexpr double ambition = 0.5;  // in deviations of the values
constexpr Eigen::Index strangers = 32;
constexpr double converged = 0.15;  // of the trust region

enum class Aim { anywhere, nearby, elsewhere };

// Hyperparameters of one way to see the values, as of so many trials.
struct Fit {
    std::size_t trials = 0;
    Hyperparameters parameters;
};

class GpSampler final : public Sampler {
public:
    GpSampler(std::unique_ptr<Sampler> start, History history, Feasible feasible, std::uint64_t seed)
        : start_(std::move(start)),
          history_(std::move(history)),
          columns_(columns_of(history_.cube())),
          snap_(history_.cube(), columns_),
          branches_(history_.cube()),
          limits_(columns_),
          feasible_(std::move(feasible)),
          seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (history_.complete() < startup || columns_.empty()) return start_->ask(k);
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "gp");
        const bool ranked = k / 2 % 2 == 0;
        const Observations observed = observations_of(history_, columns_, everything, most_rows, ranked);
        Posterior posterior(Kernel(kinds_of(columns_), hyperparameters(ranked)), observed.rows,
                            observed.values);
        const auto feasible = static_cast<Eigen::Index>(observed.feasible);
        const Vector centre =
            observed.rows.row(posterior.best_row(std::max<Eigen::Index>(feasible, 1))).transpose();
        const Matrix pending = features_of(history_.pending(k), columns_);
        posterior.imagine(pending, scenarios, stream);
        const Known known{posterior, limits_.all(history_, pending, stream), feasible,
                          feasible == observed.rows.rows()};
        const Vector row = choose(k, known, centre, observed.rows, stream);
        if (!snap_.feasible(row))
            return Suggestion{history_.cube().params(feasible_.draw(history_.cube(), stream)), name()};
        return Suggestion{history_.cube().params(point_of(row, columns_)), name()};
    }

    void proposed(std::int64_t k, const Suggestion& made) override { history_.proposed(k, made.params); }
    void tell(const Observation& observation) override { history_.tell(observation); }
    std::string name() const override { return "gp"; }

private:
    // What trials say of costs and of limits.
    struct Known {
        const Posterior& posterior;
        std::vector<Limit> limits;
        Eigen::Index feasible;  // the first observed rows
        bool all_feasible;

        // Nothing where no row is feasible.
        Vector least(const SearchSpace& space) const {
            if (feasible == 0) return Vector();
            return posterior.least(space.low, space.high, all_feasible ? 0 : feasible);
        }
    };

    Vector choose(std::int64_t k, const Known& known, const Vector& centre, const Matrix& observed,
                  Stream& stream) const {
        SearchSpace space(columns_, snap_);
        const Belief belief(history_.cube(), columns_, conviction / static_cast<double>(history_.complete()));
        const Posterior& posterior = known.posterior;
        const Vector least = known.least(space);
        const Matrix anchors = observed.topRows(std::min(most_anchors, observed.rows()));
        const double length = trust_length(history_, startup);
        const auto over = [&](Vector values) {
            return Acquisition(expected_improvement(posterior, std::move(values)), &belief, known.limits);
        };
        const auto look = [&](Vector values) {
            return maximise(over(std::move(values)), space, anchors, posterior.rows(), stream);
        };
        switch (aim_of(k, length)) {
            case Aim::anywhere: return look(least);
            case Aim::nearby:
                confine(space, centre, length, posterior.kernel().parameters().lengths);
                return look(least);
            case Aim::elsewhere: break;
        }
        if (branches_.none()) return best_of(over(least.array() - ambition), space, strangers, stream);
        branches_.confine(space, stream);
        return look(known.least(space));
    }

    Aim aim_of(std::int64_t k, double length) const {
        if (k % 2 == 1) return length < converged && k % 4 == 3 ? Aim::elsewhere : Aim::nearby;
        return k % (branches_.none() ? 8 : 4) == 2 ? Aim::elsewhere : Aim::anywhere;
    }

    // On what was known when they were due: so they do not depend on when they are asked for.
    const Hyperparameters& hyperparameters(bool ranked) {
        const std::size_t due = due_fit(history_.complete());
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
    LimitModels limits_;
    Feasible feasible_;
    std::uint64_t seed_;
    Fit fits_[2];
};

}  // namespace

std::unique_ptr<Sampler> gp::make_gp_sampler(std::unique_ptr<Sampler> start, History history,
                                             Feasible feasible, std::uint64_t seed) {
    return std::make_unique<GpSampler>(std::move(start), std::move(history), std::move(feasible), seed);
}

SamplerResult make_gp(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_sobol(space, seed);
    if (!start) return start;
    const auto make = objectives.size() > 1 ? make_front_sampler : make_gp_sampler;
    History history(UnitCube(std::move(space)), objectives);
    auto feasible = Feasible::make(history.cube(), seed);
    if (!feasible) return fail(std::move(feasible.error()));
    return make(std::move(*start), std::move(history), std::move(*feasible), seed);
}

}  // namespace tw
