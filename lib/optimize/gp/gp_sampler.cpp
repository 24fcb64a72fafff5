// Bayesian optimisation with a Gaussian process: the largest expected improvement over the least value that the process believes
// to have seen, trials that are under way imagined.
//
// No one model is right for all functions, so proposals take turns. Every other one looks around the best trial only. Every
// other pair sees the values without the ranks of the bad half. One in six goes to a category or a branch of its own, drawn at
// random, and is measured by the best that is known there: else a branch that began badly would never be seen again.
#include <algorithm>
#include <limits>

#include "optimize/gp/acquisition.hpp"
#include "optimize/gp/branches.hpp"
#include "optimize/gp/fit.hpp"
#include "optimize/gp/observations.hpp"
#include "optimize/gp/search.hpp"
#include "optimize/gp/trust_region.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

using namespace gp;

constexpr std::size_t startup = 10;

// What a proposal may cost: a factorisation of so many rows, a fit of so many.
constexpr std::size_t most_rows = 400, most_fitted = 150;
constexpr int scenarios = 8;
constexpr Eigen::Index most_anchors = 10;

struct View {
    bool local, ranked, elsewhere;
};

View view_of(std::int64_t k) {
    return {k % 2 == 1, k / 2 % 2 == 0, k % 6 == 4};
}

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
        const View view = view_of(k);
        const Observations observed = observations_of(history_, columns_, everything, most_rows, view.ranked);
        Posterior posterior(Kernel(kinds_of(columns_), hyperparameters(view.ranked)), observed.rows, observed.values);
        const Vector centre = observed.rows.row(posterior.best_row()).transpose();
        posterior.imagine(features_of(history_.pending(k), columns_), scenarios, stream);
        SearchSpace space(columns_, snap_);
        if (view.elsewhere && !branches_.none())
            branches_.confine(space, stream);
        else if (view.local)
            confine(space, centre, trust_length(history_, startup), posterior.kernel().parameters().lengths);
        const Matrix anchors = observed.rows.topRows(std::min(most_anchors, observed.rows.rows()));
        const SearchSpace all(columns_, snap_);
        const bool elsewhere = view.elsewhere && !branches_.none();
        const Acquisition acquisition(posterior, elsewhere ? posterior.least(space.low, space.high) : posterior.least(all.low, all.high));
        const Vector row = maximise(acquisition, space, anchors, posterior.rows(), stream);
        return Suggestion{history_.cube().params(point_of(row, columns_)), name()};
    }

    void proposed(std::int64_t k, const Params& params) override { history_.proposed(k, params); }
    void tell(const Observation& observation) override { history_.tell(observation); }
    std::string name() const override { return "gp"; }

private:
    static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

    // Fitted anew when a tenth has been added, on what was known then: so they do not depend on when they are asked for.
    const Hyperparameters& hyperparameters(bool ranked) {
        std::size_t due = startup;
        for (std::size_t next = due; next <= history_.complete(); next += std::max<std::size_t>(1, next / 10)) due = next;
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

SamplerResult make_gp(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_sobol(space, seed);
    if (!start) return start;
    return std::make_unique<GpSampler>(std::move(*start), History(UnitCube(std::move(space)), objectives), seed);
}

}  // namespace tw
