// A model for each budget, and the highest that knows enough proposes: Falkner, Klein, Hutter, "BOHB: Robust
// and Efficient Hyperparameter Optimization at Scale", ICML 2018 (arXiv 1807.01774), algorithm 2.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "optimize/prune/rungs.hpp"
#include "optimize/samplers.hpp"
#include "optimize/stream.hpp"
#include "optimize/unit.hpp"

namespace tw {
namespace {

// Below, samplers that learn propose as they began.
constexpr std::size_t least_results = 10;

// Of bohb's proposals so many are random, so that a lower budget which misleads does no lasting harm.
constexpr double random_part = 1.0 / 3;

class BudgetModels final : public Sampler {
public:
    BudgetModels(Space space, OptimizerSpec spec, std::vector<Objective> objectives, ModelMaker maker,
                 std::string name)
        : space_(std::move(space)),
          spec_(std::move(spec)),
          objectives_(std::move(objectives)),
          maker_(std::move(maker)),
          name_(std::move(name)),
          enough_(std::max(least_results, UnitCube(space_).dimension() + 3)) {
        for (const std::int64_t step : rung_steps(spec_.pruner))
            budgets_.push_back(static_cast<double>(step));
        budgets_.push_back(spec_.pruner.max > 0 ? static_cast<double>(spec_.pruner.max)
                                                : std::numeric_limits<double>::infinity());
    }

    // Whether the space and the objectives suit the models.
    Status begin() {
        for (const std::size_t level : {std::size_t{0}, budgets_.size() - 1})
            if (auto made = model(level); !made) return fail(made.error());
        auto random = make_random(space_, spec_.seed);
        if (!random) return fail(random.error());
        random_ = std::move(*random);
        return {};
    }

    Result<Suggestion> ask(std::int64_t k) override {
        if (spec_.pruner.type == "bohb") {
            Stream stream = make_stream(spec_.seed, static_cast<std::uint64_t>(k), "bohb");
            if (draw_unit(stream) < random_part) return random_->ask(k);
        }
        for (auto level = levels_.rbegin(); level != levels_.rend(); ++level)
            if (level->second.complete.size() >= enough_) return level->second.model->ask(k);
        return levels_.begin()->second.model->ask(k);
    }

    void proposed(std::int64_t k, const Suggestion& made) override {
        pending_[k] = made;
        for (auto& [budget, level] : levels_) level.model->proposed(k, made);
    }

    void tell(const Observation& observation) override {
        pending_.erase(observation.k);
        failed_.erase(observation.trial);
        if (observation.own_fault) failed_[observation.trial] = observation;
        for (std::size_t i = 0; i < budgets_.size(); ++i) tell(i, observation);
    }

    std::string name() const override { return name_; }
    std::string reason() const override {
        return levels_.begin()->second.model->reason() +
               (name_ == spec_.sampler ? "" : fmt::format(" ({}: {})", name_, spec_.pruner.type)) +
               fmt::format(", of the highest budget with {} results", enough_);
    }
    std::optional<std::int64_t> limit() const override { return levels_.begin()->second.model->limit(); }

private:
    struct Level {
        std::unique_ptr<Sampler> model;
        std::set<std::string> complete;  // trials with a value there
    };

    // Ones that are promoted report by their results alone; ones that may be stopped by the pruner's metric.
    bool stops() const { return !spec_.pruner.promote; }
    bool whole(std::size_t i) const { return i + 1 == budgets_.size(); }

    Result<Level*> model(std::size_t i) {
        if (const auto known = levels_.find(i); known != levels_.end()) return &known->second;
        const std::vector<Objective> metric{{spec_.pruner.metric, spec_.pruner.direction}};
        auto made = maker_(space_, spec_, stops() && !whole(i) ? metric : objectives_);
        if (!made) return fail(made.error());
        for (auto& [k, suggestion] : pending_) (*made)->proposed(k, suggestion);
        for (auto& [trial, failed] : failed_) (*made)->tell(failed);
        return &(levels_[i] = Level{std::move(*made), {}});
    }

    void tell(std::size_t i, const Observation& observation) {
        auto known = at(i, observation);
        if (!known && !levels_.contains(i)) return;
        auto level = model(i);
        if (!level) return;  // begin() would have said it
        Observation told = known ? std::move(*known) : without_values(observation);
        const bool counts = !told.objectives.empty();
        (*level)->model->tell(told);
        if (counts)
            (*level)->complete.insert(observation.trial);
        else
            (*level)->complete.erase(observation.trial);
    }

    // What it says of budget i; nothing if it has no value there.
    std::optional<Observation> at(std::size_t i, const Observation& observation) const {
        const bool complete = observation.state == EndState::complete && !observation.objectives.empty();
        if (!stops())
            return complete && level_of(observation) == i ? std::optional(observation) : std::nullopt;
        if (whole(i)) return complete ? std::optional(observation) : std::nullopt;
        const bool reached = observation.last && std::isfinite(observation.last->value) &&
                             static_cast<double>(observation.last->step) >= budgets_[i] &&
                             !observation.own_fault;
        if (!reached) return std::nullopt;
        Observation by_metric = observation;
        by_metric.state = EndState::complete;
        by_metric.objectives = {observation.last->value};
        return by_metric;
    }

    // Of a trial that was promoted or is to be; one without a budget was trained in full.
    std::size_t level_of(const Observation& observation) const {
        const double budget = observation.budget.value_or(budgets_.back());
        const auto above = std::upper_bound(budgets_.begin(), budgets_.end(), budget);
        return above == budgets_.begin() ? 0 : static_cast<std::size_t>(above - budgets_.begin()) - 1;
    }

    static Observation without_values(Observation observation) {
        observation.objectives.clear();
        if (!observation.own_fault) observation.state = EndState::killed;
        return observation;
    }

    Space space_;
    OptimizerSpec spec_;
    std::vector<Objective> objectives_;
    ModelMaker maker_;
    std::string name_;
    std::size_t enough_;
    std::vector<double> budgets_;  // ascending; the last is the whole
    std::unique_ptr<Sampler> random_;
    std::map<std::size_t, Level> levels_;  // by place in budgets_: as soon as something is known there
    // What a model that begins late has missed.
    std::map<std::int64_t, Suggestion> pending_;
    std::map<std::string, Observation> failed_;
};

}  // namespace

SamplerResult make_budget_models(Space space, OptimizerSpec spec, const std::vector<Objective>& objectives,
                                 ModelMaker maker) {
    std::string name = spec.sampler;
    if (spec.sampler == "auto" && spec.pruner.type == "bohb") spec.sampler = "tpe";
    auto models = std::make_unique<BudgetModels>(std::move(space), std::move(spec), objectives,
                                                 std::move(maker), std::move(name));
    if (auto begun = models->begin(); !begun) return fail(begun.error());
    return models;
}

}  // namespace tw
