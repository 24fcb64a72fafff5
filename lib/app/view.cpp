#include "app/view.hpp"

#include <algorithm>
#include <set>

#include "app/candidate.hpp"
#include "app/ctl/advise.hpp"
#include "app/search_run.hpp"
#include "base/text.hpp"
#include "optimize/make_sampler.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

std::string_view to_string(RoleView::State state) {
    switch (state) {
        case RoleView::State::absent: return "absent";
        case RoleView::State::alive: return "alive";
        case RoleView::State::elsewhere: return "elsewhere";
        case RoleView::State::dead: return "dead";
        case RoleView::State::released: return "released";
    }
    return "absent";
}

std::vector<Objective> ExperimentView::objectives() const {
    if (experiment) return experiment->objectives;
    return {{"cost", Direction::minimize}};
}

std::vector<OutcomeConstraint> ExperimentView::outcome_constraints() const {
    return experiment ? experiment->outcome_constraints : std::vector<OutcomeConstraint>{};
}

const TrialView* ExperimentView::find(const TrialId& id) const {
    for (auto* list : {&trials, &once})
        for (auto& trial : *list)
            if (trial.id == id) return &trial;
    return nullptr;
}

std::size_t ExperimentView::count(TrialState state) const {
    return static_cast<std::size_t>(
        std::count_if(trials.begin(), trials.end(), [&](auto& trial) { return trial.state == state; }));
}

std::size_t ExperimentView::live() const {
    return static_cast<std::size_t>(
        std::count_if(trials.begin(), trials.end(), [](auto& trial) { return !is_ended(trial.state); }));
}

std::size_t ExperimentView::live_jobs() const {
    int jobs = 0;
    for (auto* list : {&trials, &once})
        for (auto& trial : *list) jobs += trial.queued + trial.running;
    return static_cast<std::size_t>(jobs);
}

std::int64_t ExperimentView::proposed() const {
    std::set<std::pair<std::string, std::int64_t>> proposals;  // the watcher refuses the second of a pair
    for (auto& trial : trials)
        if (!trial.run.empty() && trial.k >= 0) proposals.emplace(trial.run, trial.k);
    return static_cast<std::int64_t>(proposals.size());
}

namespace {

// A population whose members have all trained to the end; each of them leaves one such trial.
bool is_trained(const ExperimentView& view, const std::string& run) {
    const PbtSpec& pbt = view.experiment->optimizer.pbt;
    if (view.experiment->optimizer.sampler != "pbt" || pbt.max == 0) return false;
    auto whole = std::count_if(view.trials.begin(), view.trials.end(), [&](auto& trial) {
        return trial.run == run && trial.state == TrialState::complete &&
               trial.budget >= static_cast<double>(pbt.max);
    });
    return whole >= pbt.population;
}

// What the sampler of the present run has left; nothing: no end.
std::optional<std::int64_t> left_of_run(const ExperimentView& view) {
    const Experiment& experiment = *view.experiment;
    auto sampler = make_sampler(experiment.space, experiment.optimizer, experiment.objectives);
    if (!sampler) return std::nullopt;
    std::string run = run_name(view.experiment_id, experiment.space, (*sampler)->name(),
                               experiment.optimizer.seed, experiment.optimizer.first);
    if (is_trained(view, run)) return 0;
    if (!(*sampler)->limit()) return std::nullopt;
    std::int64_t next = 0;
    for (auto& trial : view.trials)
        if (trial.run == run) next = std::max(next, trial.k + 1);
    return *(*sampler)->limit() - next;
}

}  // namespace

std::int64_t ExperimentView::planned() const {
    auto there = static_cast<std::int64_t>(trials.size());
    if (!experiment || stopped) return there;
    std::int64_t left = wanted_proposals(experiment->optimizer, goal) - proposed();
    if (auto most = left_of_run(*this)) left = std::min(left, *most);
    return there + std::max<std::int64_t>(left, 0);
}

void read_config_of(FileSystem& fs, TrialView& trial) {
    auto text = read_document(fs, layout::config(trial.id), document_limit);
    if (!text) return;
    auto config = read_config(*text, layout::config(trial.id));
    if (!config) return;
    trial.params = std::move(config->params);
    trial.budget = config->proposal.budget;
    trial.parent = config->proposal.parent;
    if (trial.trial) return;
    trial.run = config->proposal.run;
    trial.k = config->proposal.k;
}

void read_configs(FileSystem& fs, std::vector<TrialView>& trials) {
    for (auto& trial : trials) read_config_of(fs, trial);
}

std::string budget_text(const TrialView& trial) {
    return trial.budget ? to_text(whole_if_possible(*trial.budget)) : "";
}

// A trial of an older space may differ from what is fixed now.
Params varied_params(const ExperimentView& view, const TrialView& trial) {
    Params varied = trial.params;
    if (!view.experiment) return varied;
    for (auto& parameter : view.experiment->space.parameters)
        if (auto found = varied.find(parameter.name); found != varied.end() &&
                                                      parameter.type == ParameterType::fixed &&
                                                      same_value(found->second, parameter.value))
            varied.erase(found);
    return varied;
}

namespace {

bool all_digits(const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

Error unknown_trial(const ExperimentView& view, const std::string& word) {
    Error error = advise(Code::usage, "there is no trial '" + word + "'");
    std::vector<std::string> ids;
    for (auto& trial : view.trials) ids.push_back(trial.id);
    if (ids.empty())
        error.hint = "there are no trials yet";
    else if (std::string near = all_digits(word) ? "" : did_you_mean(word, ids); !near.empty())
        error.hint = "did you mean '" + near + "'?";
    else
        error.hint =
            ids.size() == 1 ? "there is " + ids[0] : "there are " + ids.front() + " to " + ids.back();
    return error;
}

std::vector<const TrialView*> complete_trials(const ExperimentView& view) {
    std::vector<const TrialView*> complete;
    for (auto& trial : view.trials)
        if (trial.state == TrialState::complete) complete.push_back(&trial);
    return complete;
}

std::vector<Candidate> candidates_of(const ExperimentView& view, const std::vector<const TrialView*>& trials,
                                     const std::vector<Objective>& objectives) {
    auto constraints = view.outcome_constraints();
    std::vector<Candidate> candidates;
    for (auto* trial : trials)
        candidates.push_back(
            measured({trial->id, trial->seq, {}, 0, trial->budget}, trial->values, objectives, constraints));
    return candidates;
}

}  // namespace

Result<const TrialView*> find_trial(const ExperimentView& view, const std::string& word) {
    if (auto* trial = view.find(word)) return trial;
    if (all_digits(word) && word.size() < 6)
        if (auto* trial = view.find(numbered_trial(std::stoll(word)))) return trial;
    return fail(unknown_trial(view, word));
}

std::vector<const TrialView*> ranked(const ExperimentView& view, const std::string& metric,
                                     Direction direction) {
    auto objectives = metric.empty() ? view.objectives() : std::vector<Objective>{{metric, direction}};
    auto complete = complete_trials(view);
    std::vector<const TrialView*> result;
    for (auto& place : rank_trials(candidates_of(view, complete, objectives), objectives))
        result.push_back(complete[place.index]);
    return result;
}

std::string why_infeasible(const ExperimentView& view, const TrialView& trial) {
    return describe_violation(view.outcome_constraints(), trial.values);
}

std::vector<const TrialView*> best_of(const ExperimentView& view) {
    auto complete = complete_trials(view);
    std::vector<const TrialView*> result;
    for (auto index : best_trials(candidates_of(view, complete, view.objectives()), view.objectives()))
        result.push_back(complete[index]);
    return result;
}

}  // namespace tw
