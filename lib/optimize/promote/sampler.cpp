// Promotion by proposals: a search in which every trial has a budget, and the good ones are proposed again
// with a larger one.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "optimize/promote/ladder.hpp"
#include "optimize/prune/rungs.hpp"
#include "optimize/samplers.hpp"
#include "optimize/stream.hpp"

namespace tw {
namespace {

class PromotingSampler final : public Sampler {
public:
    PromotingSampler(std::unique_ptr<Sampler> inner, const PrunerSpec& spec, std::uint64_t seed, bool negate)
        : inner_(std::move(inner)),
          by_(spec.type),
          seed_(seed),
          negate_(negate),
          shares_(bracket_shares(spec)) {
        for (std::size_t b = 0; b < shares_.size(); ++b)
            brackets_.emplace_back(budget_steps(spec, b), spec.eta);
    }

    Result<Suggestion> ask(std::int64_t k) override {
        if (k < 0) return inner_->ask(k);
        if (auto promoted = promote(k)) return std::move(*promoted);
        auto fresh = inner_->ask(inner_number(k));
        if (fresh) fresh->budget = static_cast<double>(brackets_[draw_bracket(k)].first());
        const bool more =
            !fresh && fresh.error().code == Code::not_found && pending_.lower_bound(k) != pending_.begin();
        if (more) return fail(Code::not_yet, "there may be trials to promote when those at work have ended");
        return fresh;
    }

    void proposed(std::int64_t k, const Suggestion& made) override {
        pending_.insert(k);
        take_back(k);
        if (made.parent.empty()) return inner_->proposed(inner_number(k), made);
        promoted_[k] = made.parent;
        taken_[made.parent] = k;
        numbers_.insert(std::lower_bound(numbers_.begin(), numbers_.end(), k), k);
    }

    void tell(const Observation& observation) override;

    std::string name() const override { return inner_->name(); }
    std::string reason() const override { return inner_->reason(); }

private:
    struct Lane {
        std::size_t bracket = 0;
        Params params;
        bool ours = false, stands = false;
        double budget = 0, cost = 0;
        std::int64_t seq = 0;
    };

    std::optional<Suggestion> promote(std::int64_t k) const;
    std::size_t bracket_of(const Observation& observation) const;
    void leave_rung(const std::string& trial);

    std::size_t draw_bracket(std::int64_t k) const {
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "bracket");
        return bracket_at(shares_, draw_unit(stream) * std::accumulate(shares_.begin(), shares_.end(), 0.0));
    }

    // Configurations have numbers of their own: those of the promotions before are left out.
    std::int64_t inner_number(std::int64_t k) const {
        return k - (std::lower_bound(numbers_.begin(), numbers_.end(), k) - numbers_.begin());
    }

    void take_back(std::int64_t k) {
        const auto before = promoted_.find(k);
        if (before == promoted_.end()) return;
        const auto taken = taken_.find(before->second);
        if (taken != taken_.end() && taken->second == k) taken_.erase(taken);
        numbers_.erase(std::lower_bound(numbers_.begin(), numbers_.end(), k));
        promoted_.erase(before);
    }

    std::unique_ptr<Sampler> inner_;
    std::string by_;
    std::uint64_t seed_;
    bool negate_;
    std::vector<double> shares_;
    std::vector<Ladder> brackets_;
    std::map<std::string, Lane> lanes_;             // of every trial that was told and has a budget
    std::map<std::int64_t, std::string> promoted_;  // by number: the trial that it goes on from
    std::map<std::string, std::int64_t> taken_;     // the reverse
    std::vector<std::int64_t> numbers_;             // of promotions, ascending
    std::set<std::int64_t> pending_;
};

// Once each: what a number below k goes on from is taken, also where that one has failed.
std::optional<Suggestion> PromotingSampler::promote(std::int64_t k) const {
    const auto may = [&](const std::string& trial) {
        const auto taken = taken_.find(trial);
        return lanes_.at(trial).ours && (taken == taken_.end() || taken->second >= k);
    };
    for (const Ladder& bracket : brackets_)
        if (const auto found = bracket.promote(may))
            return Suggestion{lanes_.at(found->trial).params, by_, static_cast<double>(found->budget),
                              found->trial};
    return std::nullopt;
}

// That of the trial at the lineage's beginning, which shows by its budget. Where the parent was removed
// nothing is known, and the first has all rungs.
std::size_t PromotingSampler::bracket_of(const Observation& observation) const {
    if (const auto parent = lanes_.find(observation.parent); parent != lanes_.end())
        return parent->second.bracket;
    std::size_t bracket = 0;
    if (observation.parent.empty())
        while (bracket + 1 < brackets_.size() &&
               static_cast<double>(brackets_[bracket + 1].first()) <= *observation.budget)
            ++bracket;
    return bracket;
}

void PromotingSampler::leave_rung(const std::string& trial) {
    const auto lane = lanes_.find(trial);
    if (lane == lanes_.end() || !lane->second.stands) return;
    const Lane& old = lane->second;
    brackets_[old.bracket].remove(trial, old.budget, old.seq, old.cost);
    lane->second.stands = false;
}

void PromotingSampler::tell(const Observation& observation) {
    pending_.erase(observation.k);
    leave_rung(observation.trial);
    if (observation.budget) {
        Lane lane{
            bracket_of(observation), observation.params, observation.k >= 0, false, *observation.budget, 0,
            observation.seq};
        lane.stands = observation.state == EndState::complete && !observation.objectives.empty();
        if (lane.stands) {
            lane.cost = negate_ ? -observation.objectives[0] : observation.objectives[0];
            brackets_[lane.bracket].add(observation.trial, lane.budget, lane.seq, lane.cost);
        }
        lanes_[observation.trial] = std::move(lane);
    }
    Observation told = observation;
    if (told.k >= 0) told.k = promoted_.contains(told.k) ? -1 : inner_number(told.k);
    inner_->tell(told);
}

}  // namespace

std::unique_ptr<Sampler> make_promoting(std::unique_ptr<Sampler> inner, const PrunerSpec& spec,
                                        std::uint64_t seed, const std::vector<Objective>& objectives) {
    const bool negate = !objectives.empty() && objectives.front().direction == Direction::maximize;
    return std::make_unique<PromotingSampler>(std::move(inner), spec, seed, negate);
}

}  // namespace tw
