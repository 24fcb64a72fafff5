#include "optimize/stopping.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "optimize/gp/regret.hpp"
#include "records/outcome_constraint.hpp"

namespace tw {
namespace {

// Before, a Gaussian process knows too little to be believed. A look costs as much as a proposal: later ones
// are one per tenth of what is there, so that a long search is resumed in bounded time.
constexpr std::size_t first_look = 20, looks_per_size = 10;

bool at_least_as_good(const std::vector<double>& a, const std::vector<double>& b, double slack) {
    for (std::size_t j = 0; j < a.size(); ++j)
        if (!(a[j] - slack <= b[j])) return false;
    return true;
}

}  // namespace

std::string describe_stop(const StopSpec& spec, const std::vector<Objective>& objectives) {
    const bool up = !objectives.empty() && objectives[0].direction == Direction::maximize;
    const std::string name = objectives.empty() ? "" : objectives[0].name;
    std::vector<std::string> rules;
    if (spec.time) rules.push_back("after " + format_duration(*spec.time));
    if (spec.target)
        rules.push_back(fmt::format("when {} is at {} {:.6g}", name, up ? "least" : "most", *spec.target));
    if (spec.patience > 0)
        rules.push_back(
            fmt::format("after {} complete trials without an improvement{}", spec.patience,
                        spec.min_delta > 0 ? fmt::format(" by more than {:.6g}", spec.min_delta) : ""));
    if (spec.regret)
        rules.push_back(fmt::format("when {} can be improved by no more than {:.6g}", name, *spec.regret));
    return join(rules, ", or ");
}

Stopping::Stopping(const StopSpec& spec, const Space& space, const std::vector<Objective>& objectives)
    : spec_(spec), objectives_(objectives), next_look_(first_look) {
    if (spec_.regret) history_ = std::make_unique<History>(UnitCube(space), objectives);
}

void Stopping::tell(const Observation& observation) {
    if (!is_compared(observation.budget)) return;
    if (history_) history_->tell(observation);
    if (observation.state != EndState::complete || observation.objectives.size() != objectives_.size())
        return;
    Best found{observation.trial, observation.objectives, observation.objectives};
    for (std::size_t j = 0; j < objectives_.size(); ++j)
        if (objectives_[j].direction == Direction::maximize) found.costs[j] = -found.costs[j];
    ++since_better_;
    const bool feasible = violation_of(observation.excess) == 0;
    if (feasible && is_better(found.costs)) take(std::move(found));
    if (feasible) look_at_target(observation);
    look_at_patience();
    look_at_regret();
}

// As soon as one was trained further than all before, what they reached is no measure any more.
bool Stopping::is_compared(std::optional<double> budget) {
    if (!budget || budget == budget_) return true;
    if (budget < budget_) return false;
    budget_ = budget;
    front_.clear();
    since_better_ = 0;
    next_look_ = first_look;
    if (history_) *history_ = History(history_->cube(), objectives_);
    return true;
}

bool Stopping::is_better(const std::vector<double>& costs) const {
    return std::none_of(front_.begin(), front_.end(), [&](const Best& known) {
        return at_least_as_good(known.costs, costs, spec_.min_delta);
    });
}

void Stopping::take(Best found) {
    std::erase_if(front_, [&](const Best& known) { return at_least_as_good(found.costs, known.costs, 0); });
    front_.push_back(std::move(found));
    since_better_ = 0;
}

bool Stopping::holds(const char* rule) const {
    return std::any_of(held_.begin(), held_.end(), [&](const Stopped& held) { return held.rule == rule; });
}

void Stopping::hold(const char* rule, std::string reason) {
    held_.push_back({rule, setting_of(spec_, rule).value_or(0), std::move(reason)});
}

void Stopping::look_at_target(const Observation& observation) {
    if (!spec_.target || objectives_.size() != 1 || holds("target")) return;
    const double value = observation.objectives[0];
    const bool up = objectives_[0].direction == Direction::maximize;
    if (up ? value < *spec_.target : value > *spec_.target) return;
    hold("target",
         fmt::format("trial {} reached the target: {} = {:.6g}, wanted {} {:.6g}", observation.trial,
                     objectives_[0].name, value, up ? "at least" : "at most", *spec_.target));
}

std::string Stopping::best_so_far() const {
    if (front_.empty()) return "";
    if (objectives_.size() > 1) return fmt::format("; {} trials on the front", front_.size());
    return fmt::format("; the best is trial {}, {} = {:.6g}", front_[0].trial, objectives_[0].name,
                       front_[0].values[0]);
}

void Stopping::look_at_patience() {
    if (spec_.patience == 0 || since_better_ < spec_.patience || holds("patience")) return;
    hold("patience",
         fmt::format("no improvement{} in {} complete trials{}",
                     spec_.min_delta > 0 ? fmt::format(" by more than {:.6g}", spec_.min_delta) : "",
                     since_better_, best_so_far()));
}

void Stopping::look_at_regret() {
    if (!history_ || objectives_.size() != 1 || holds("regret") || history_->complete() < next_look_) return;
    next_look_ = history_->complete() + std::max<std::size_t>(1, history_->complete() / looks_per_size);
    const auto bound = gp::regret_bound(*history_);
    if (!bound || *bound > *spec_.regret) return;
    hold("regret",
         fmt::format("{} can be improved by no more than {:.3g}, it is estimated, and {:.6g} is enough{}",
                     objectives_[0].name, *bound, *spec_.regret, best_so_far()));
}

}  // namespace tw
