#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "app/ctl/insight.hpp"
#include "app/search_run.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

constexpr std::size_t fewest_best = 5, one_in = 10;
constexpr std::int64_t metrics_end = 1 << 16;  // bytes of a metrics.jsonl in which its last step must be

bool has_all(const TrialView& trial, const std::vector<Objective>& objectives) {
    return std::all_of(objectives.begin(), objectives.end(), [&](auto& objective) {
        auto found = trial.values.find(objective.name);
        return found != trial.values.end() && std::isfinite(found->second);
    });
}

double cost_of(const TrialView& trial, const Objective& objective) {
    double value = trial.values.at(objective.name);
    return objective.direction == Direction::maximize ? -value : value;
}

void take_complete(const ExperimentView& view, Insight& insight) {
    for (auto& trial : view.trials) {
        if (trial.state != TrialState::complete) continue;
        if (has_all(trial, view.experiment->objectives) && carry_over(view.experiment->space, trial.params))
            insight.complete.push_back(&trial);
        else
            ++insight.left_out;
    }
    std::sort(insight.complete.begin(), insight.complete.end(), [](auto* a, auto* b) {
        return std::tie(a->seq, a->ended, a->id) < std::tie(b->seq, b->ended, b->id);
    });
}

void take_course(const ExperimentView& view, Insight& insight) {
    auto& trials = insight.complete;
    for (std::size_t i = 0; i < trials.size() && insight.found == 0; ++i)
        if (std::find(insight.best.begin(), insight.best.end(), trials[i]) != insight.best.end())
            insight.found = i + 1;
    for (auto& objective : view.experiment->objectives) {
        auto& quarters = insight.quarters.emplace_back();
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t quarter = 1, i = 0; quarter <= 4 && !trials.empty(); ++quarter) {
            for (; i < (trials.size() * quarter + 3) / 4; ++i)
                least = std::min(least, cost_of(*trials[i], objective));
            quarters.push_back(objective.direction == Direction::maximize ? -least : least);
        }
    }
}

std::vector<Rated> rate(const Insight& insight, const Objective& objective) {
    std::vector<Rated> rated;
    for (auto* trial : insight.complete) rated.push_back({trial->params, cost_of(*trial, objective)});
    return rated;
}

// With several objectives those of the first fronts.
Members best_members(const ExperimentView& view, const Insight& insight) {
    Members members;
    for (auto* trial : ranked(view)) {
        bool known =
            std::find(insight.complete.begin(), insight.complete.end(), trial) != insight.complete.end();
        if (known && members.size() < insight.top) members.push_back(&trial->params);
    }
    return members;
}

void take_parameters(const ExperimentView& view, Insight& insight) {
    auto& trials = insight.complete;
    if (trials.size() < enough_to_tell) return;
    insight.top = std::max(fewest_best, (trials.size() + one_in - 1) / one_in);
    double share = static_cast<double>(insight.top) / static_cast<double>(trials.size());
    Members best = best_members(view, insight);
    for (auto& parameter : view.experiment->space.parameters)
        if (parameter.type != ParameterType::fixed)
            insight.parameters.push_back(
                {&parameter, {}, region_of(parameter, best), edge_of(parameter, best)});
    for (auto& objective : view.experiment->objectives) {
        auto importance = importance_of(view.experiment->space, rate(insight, objective), share);
        for (std::size_t i = 0; i < importance.size(); ++i)
            insight.parameters[i].importance.push_back(std::move(importance[i]));
    }
}

void take_failures(const ExperimentView& view, Insight& insight) {
    Members failed, others;
    for (auto& trial : view.trials) {
        if (trial.state == TrialState::failed) ++insight.failures.kinds[trial.kind];
        if (trial.state == TrialState::failed && is_own_fault(EndState::failed, trial.kind))
            failed.push_back(&trial.params);
        if (trial.state == TrialState::complete || trial.state == TrialState::pruned)
            others.push_back(&trial.params);
    }
    insight.failures.own = failed.size();
    insight.failures.trait = common_trait(view.experiment->space, failed, others);
}

// 0: it reported nothing.
std::int64_t last_step(FileSystem& fs, const TrialId& id) {
    std::string path = layout::trial(id) + "/metrics.jsonl";
    auto stat = fs.stat(path);
    if (!stat) return 0;
    auto text = fs.read(path, std::max<std::int64_t>(0, stat->size - metrics_end), metrics_end);
    if (!text) return 0;
    std::int64_t last = 0;
    for (auto& line : read_metrics(*text).lines) last = std::max(last, line.step);
    return last;
}

void take_pruning(FileSystem& fs, const ExperimentView& view, Insight& insight) {
    if (view.experiment->optimizer.pruner.type == "none") return;
    PruningFacts facts;
    std::vector<std::int64_t> whole;
    for (auto& trial : view.trials) {
        if (trial.state == TrialState::pruned && trial.by == pruner_name) {
            ++facts.trials;
            facts.steps += last_step(fs, trial.id);
        }
        if (trial.state == TrialState::complete)
            if (auto last = last_step(fs, trial.id); last > 0) whole.push_back(last);
    }
    if (!whole.empty()) {
        auto middle = whole.begin() + std::ssize(whole) / 2;
        std::nth_element(whole.begin(), middle, whole.end());
        facts.whole = *middle;
    }
    insight.pruning = facts;
}

}  // namespace

bool ParameterFacts::matters() const {
    return std::any_of(importance.begin(), importance.end(), [](auto& one) { return one.chance <= surely; });
}

bool ParameterFacts::idle() const {
    return region.active > 0 &&
           std::all_of(importance.begin(), importance.end(), [](auto& one) { return one.chance >= hardly; });
}

double PruningFacts::saved() const {
    double all = static_cast<double>(trials) * static_cast<double>(whole);
    return all > 0 ? std::max(0.0, 1 - static_cast<double>(steps) / all) : 0;
}

Insight look_into(FileSystem& fs, ExperimentView& view) {
    read_configs(fs, view.trials);
    Insight insight;
    take_complete(view, insight);
    insight.best = best_of(view);
    take_course(view, insight);
    take_parameters(view, insight);
    take_failures(view, insight);
    take_pruning(fs, view, insight);
    return insight;
}

}  // namespace tw
