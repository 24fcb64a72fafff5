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

namespace {

Suggestion suggestion_of(const Config& config) {
    return {config.params, config.proposal.sampler, config.proposal.budget, config.proposal.parent};
}

}  // namespace

SearchRun::SearchRun(std::string name, const Experiment& experiment, std::unique_ptr<Sampler> sampler)
    : name_(std::move(name)),
      seed_(experiment.optimizer.seed),
      space_(experiment.space),
      objectives_(experiment.objectives),
      first_(first_configurations(experiment.space, experiment.optimizer)),
      names_first_(!experiment.optimizer.first.empty()),
      constraints_(experiment.outcome_constraints),
      sampler_(std::move(sampler)),
      stopping_(experiment.optimizer.stop, space_, objectives_) {
}

Result<SearchRun> SearchRun::make(const std::string& experiment_id, const Experiment& experiment,
                                  const SamplerMaker& maker) {
    const OptimizerSpec& spec = experiment.optimizer;
    auto sampler = maker(experiment.space, spec, experiment.objectives);
    if (!sampler) return fail(sampler.error());
    std::string name = run_name(experiment_id, experiment.space, (*sampler)->name(), spec.seed, spec.first);
    return SearchRun(std::move(name), experiment, std::move(*sampler));
}

void SearchRun::resume(const TrialBook& book) {
    Known known;
    for (auto& [id, trial] : book.trials()) {
        if (trial.outcome) hear(id, trial);
        if (trial.proposal && trial.config.proposal.run == name_)
            known[trial.config.proposal.k] = &trial.config;
    }
    std::int64_t next = 0;
    for (auto& [k, config] : known) {
        while (!heard_.empty() && heard_.begin()->first.first <= config->proposal.seen) tell_first();
        miss(book, known, next, k, config->proposal.seen);
        next = k + 1;
        seen_ = std::max(seen_, config->proposal.seen);
        sampler_->proposed(k, suggestion_of(*config));
    }
}

// A power loss kept a later one of those that were published together. It must be asked for here, in its
// turn, to be found again by the next resume(). Of more than are published at once the directories were
// removed. A number is left out where one that was kept goes on from the same trial.
void SearchRun::miss(const TrialBook& book, const Known& known, std::int64_t from, std::int64_t before,
                     std::int64_t seen) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t k = from; k < before; ++k) {
        if (is_left_out(book, k, seen)) continue;
        numbers.push_back(k);
        if (numbers.size() >= proposal_batch) return;
    }
    auto goes_on_from = [&](const std::string& parent) {
        return !parent.empty() && std::any_of(known.lower_bound(before), known.end(), [&](auto& later) {
            return later.second->proposal.parent == parent;
        });
    };
    for (const std::int64_t k : numbers)
        if (!book.was_proposed(name_, k))
            if (auto config = ask(k); config && !goes_on_from(config->proposal.parent))
                missing_.push_back(std::move(*config));
}

Result<Observation> SearchRun::observe(const TrialId& id, const BookedTrial& trial) const {
    auto params = carry_over(space_, trial.config.params);
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

void SearchRun::hear(const TrialId& id, const BookedTrial& trial) {
    auto observation = observe(id, trial);
    if (!observation && left_out_++ == 0)
        why_left_out_ = fmt::format("trial {}: {}", id, observation.error().what);
    Heard heard{{}, trial.outcome->ended};
    if (observation) heard.observation = std::move(*observation);
    heard_[{trial.outcome->seq, id}] = std::move(heard);
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
    needs_results_ = false;
    seen_ = std::max(seen_, first->first.first);
    if (first->second.observation) {
        sampler_->tell(*first->second.observation);
        stopping_.tell(*first->second.observation);
        ++told_;
    }
    heard_.erase(first);
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
    auto same = [](auto& a, auto& b) { return a.first == b.first && same_value(a.second, b.second); };
    const Config& config = trial.config;
    return config.other.empty() &&
           std::equal(params.begin(), params.end(), config.params.begin(), config.params.end(), same);
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
        if (known && is_like(trial, params) && observe(id, trial)) return id;
    }
    return std::nullopt;
}

}  // namespace tw
