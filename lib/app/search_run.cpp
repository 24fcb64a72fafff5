#include "app/search_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "app/proposals.hpp"
#include "optimize/first.hpp"

namespace tw {

bool is_own_fault(EndState state, const std::string& kind) {
    static const std::set<std::string> kinds{"exit", "marker", "timeout", "result", "empty"};
    return state == EndState::failed && kinds.contains(kind);
}

SearchRun::SearchRun(std::string name, const Experiment& experiment, std::unique_ptr<Sampler> sampler)
    : name_(std::move(name)),
      seed_(experiment.optimizer.seed),
      carry_over_(experiment.space),
      objectives_(experiment.objectives),
      first_(first_configurations(experiment.space, experiment.optimizer)),
      names_first_(!experiment.optimizer.first.empty()),
      constraints_(experiment.outcome_constraints),
      sampler_(std::move(sampler)),
      stopping_(experiment.optimizer.stop, experiment.space, objectives_) {
}

Result<SearchRun> SearchRun::make(const std::string& experiment_id, const Experiment& experiment,
                                  const SamplerMaker& maker, const std::vector<ImportedTrial>& imported) {
    const OptimizerSpec& spec = experiment.optimizer;
    auto sampler = maker(experiment.space, spec, experiment.objectives);
    if (!sampler) return fail(sampler.error());
    std::string name = run_name(experiment_id, experiment.space, (*sampler)->name(), spec.seed, spec.first);
    SearchRun run(run_name(name, imported), experiment, std::move(*sampler));
    run.know(imported);
    return run;
}

void SearchRun::know(const std::vector<ImportedTrial>& imported) {
    for (auto& [from, trial] : imported) {
        BookedTrial booked;
        booked.config = trial.config;
        booked.outcome = trial.outcome;
        booked.outcome->seq = 0;  // before all of this experiment
        if (auto& parent = booked.config.proposal.parent; !parent.empty()) parent = from + "/" + parent;
        auto observation = observe(from + "/" + trial.id, booked, trial.config.params());
        if (observation) {
            sampler_->tell(*observation);
            ++imported_;
        } else if (left_out_++ == 0) {
            why_left_out_ = fmt::format("trial {}/{}: {}", from, trial.id, observation.error().what);
        }
    }
}

Result<Observation> SearchRun::observe(const TrialId& id, const BookedTrial& trial, Params given) const {
    auto params = carry_over_(std::move(given));
    if (!params) return fail(params.error());
    const Outcome& outcome = *trial.outcome;
    bool ours = trial.proposal && trial.config.proposal.run == name_;
    Observation observation{id,
                            outcome.seq,
                            ours ? trial.config.proposal.k : -1,
                            std::move(*params),
                            outcome.state,
                            {},
                            is_own_fault(outcome.state, outcome.kind),
                            {},
                            trial.config.proposal.budget,
                            trial.config.proposal.parent};
    if (outcome.state == EndState::complete || outcome.state == EndState::pruned)
        observation.last = trial.last;
    if (outcome.state != EndState::complete) return observation;
    for (auto& objective : objectives_) {
        auto value = outcome.values.find(objective.name);
        if (value == outcome.values.end() || !std::isfinite(value->second))
            return fail(Code::invalid, "it has no value '" + objective.name + "'");
        observation.objectives.push_back(value->second);
    }
    auto excess = excess_of(constraints_, outcome.values);
    if (!excess) return fail(Code::invalid, describe_violation(constraints_, outcome.values));
    observation.excess = std::move(*excess);
    return observation;
}

SearchRun::Heard SearchRun::listen(const TrialId& id, const BookedTrial& trial, Params params) {
    auto observation = observe(id, trial, std::move(params));
    if (!observation && left_out_++ == 0)
        why_left_out_ = fmt::format("trial {}: {}", id, observation.error().what);
    Heard heard{{}, trial.outcome->ended};
    if (observation) heard.observation = std::move(*observation);
    return heard;
}

void SearchRun::hear(const TrialId& id, const BookedTrial& trial) {
    heard_[{trial.outcome->seq, id}] = listen(id, trial, trial.config.params());
}

void SearchRun::tell() {
    while (!heard_.empty() && heard_.begin()->first.first <= seen_ + 1) tell_first();
}

void SearchRun::skip_missing() {
    if (!heard_.empty()) seen_ = std::max(seen_, heard_.begin()->first.first - 1);
    tell();
}

void SearchRun::tell_first() {
    auto first = heard_.begin();
    tell(first->first.first, first->second);
    heard_.erase(first);
}

void SearchRun::tell(std::int64_t seq, const Heard& heard) {
    needs_results_ = false;
    seen_ = std::max(seen_, seq);
    if (!heard.observation) return;
    sampler_->tell(*heard.observation);
    stopping_.tell(*heard.observation);
    ++told_;
}

Result<std::vector<Config>> SearchRun::propose(const TrialBook& book, std::int64_t count) {
    drop_known(book);
    auto lost = std::min(count, static_cast<std::int64_t>(missing_.size()));
    std::vector<Config> configs(missing_.begin(), missing_.begin() + lost);
    for (std::int64_t k = next_k(book); static_cast<std::int64_t>(configs.size()) < count; ++k) {
        if (is_left_out(book, k, seen_)) continue;
        auto config = ask(k);
        asked_out_ = !config && config.error().code == Code::not_found;
        needs_results_ = !config && config.error().code == Code::not_yet;
        if (asked_out_ || needs_results_) break;
        if (!config) return fail(config.error());
        configs.push_back(std::move(*config));
    }
    return configs;
}

void SearchRun::drop_known(const TrialBook& book) {
    std::erase_if(missing_, [&](auto& config) { return book.was_proposed(name_, config.proposal.k); });
}

Result<Config> SearchRun::ask(std::int64_t k) {
    auto suggestion = sampler_->ask(k);
    if (!suggestion) return fail(suggestion.error());
    sampler_->proposed(k, *suggestion);
    Config config;
    config.params = std::move(suggestion->params);
    config.proposal.run = name_;
    config.proposal.k = k;
    config.proposal.seen = seen_;
    config.proposal.seed = job_seed(seed_, k);
    config.proposal.sampler = std::move(suggestion->by);
    config.proposal.budget = suggestion->budget;
    config.proposal.parent = std::move(suggestion->parent);
    return config;
}

bool SearchRun::exhausted(const TrialBook& book) const {
    auto is_known = [&](auto& config) { return book.was_proposed(name_, config.proposal.k); };
    if (!std::all_of(missing_.begin(), missing_.end(), is_known)) return false;
    auto limit = sampler_->limit();
    return asked_out_ || (limit && next_k(book) >= *limit);
}

std::int64_t SearchRun::next_k(const TrialBook& book) const {
    std::int64_t next = book.next_k(name_);
    while (is_left_out(book, next, seen_)) ++next;
    return next;
}

bool SearchRun::is_like(const BookedTrial& trial, const Params& params) const {
    return trial.config.other.empty() && trial.config.has(params);
}

std::string SearchRun::name_of_settled(std::int64_t k) const {
    const bool defaults = first_[static_cast<std::size_t>(k)].by == "default";
    return defaults ? "the default configuration"
                    : fmt::format("configuration {}, one of those to be tried first", k);
}

bool SearchRun::is_left_out(const TrialBook& book, std::int64_t k, std::int64_t seen) const {
    return k < settled() && tried_by_others(book, k, seen);
}

std::optional<TrialId> SearchRun::tried_by_others(const TrialBook& book, std::int64_t k,
                                                  std::int64_t seen) const {
    const Params& params = first_[static_cast<std::size_t>(k)].params;
    for (auto& [id, trial] : book.trials()) {
        const Proposal& proposal = trial.config.proposal;
        bool other = proposal.run.empty() || (names_first_ && proposal.run != name_ && !proposal.budget);
        bool known = other && trial.outcome && trial.outcome->seq <= seen &&
                     trial.outcome->state == EndState::complete;
        if (known && is_like(trial, params) && observe(id, trial, trial.config.params())) return id;
    }
    return std::nullopt;
}

}  // namespace tw
