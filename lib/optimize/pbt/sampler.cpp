// Population based training without generations: Jaderberg et al., "Population Based Training of Neural
// Networks" (2017, arXiv 1711.09846), algorithm 1, with truncation selection. Whoever has trained `interval`
// steps goes on at once, from the checkpoint of its own or of a better member.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "optimize/pbt/explore.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace pbt {
namespace {

constexpr double truncated = 0.2;  // of the population: so many give up, for one of so many of the best
constexpr double sampled = 0.5;    // of the population must have ended once, before that

class PbtSampler final : public Sampler {
public:
    PbtSampler(Space space, const OptimizerSpec& spec, bool negate, std::unique_ptr<Sampler> first)
        : cube_(std::move(space)),
          spec_(spec.pbt),
          seed_(spec.seed),
          negate_(negate),
          first_(std::move(first)) {}

    Result<Suggestion> ask(std::int64_t k) override;
    void proposed(std::int64_t k, const Suggestion& made) override;
    void tell(const Observation& observation) override;

    std::string name() const override { return "pbt"; }

private:
    // A trial of this search that has ended. A member is a line of them, each following the one before.
    struct Turn {
        std::string trial;
        Params params;
        double budget = 0;
        std::optional<double> cost;  // nothing: it failed, or was ended
    };
    using Number = std::int64_t;  // of turns, in the order in which they were told

    std::optional<Suggestion> follow(Number turn, std::int64_t k) const;
    Params explored(const Params& params, Stream& stream) const;
    std::optional<Suggestion> next(std::int64_t k, Number& follows) const;
    std::vector<Number> best_first() const;
    Result<Suggestion> begin(std::int64_t k) const;
    bool begins(std::int64_t k) const;
    void take_back(std::int64_t k);

    std::size_t truncation() const {
        const auto members = static_cast<double>(standing_.size());
        const bool few = members < 2 || members < sampled * static_cast<double>(spec_.population);
        return few ? 0 : static_cast<std::size_t>(std::ceil(truncated * members));
    }
    double longer(double budget) const {
        const double next = budget + static_cast<double>(spec_.interval);
        return spec_.max > 0 ? std::min(next, static_cast<double>(spec_.max)) : next;
    }
    bool is_done(const Turn& turn) const {
        return turn.cost && spec_.max > 0 && turn.budget >= static_cast<double>(spec_.max);
    }

    UnitCube cube_;
    PbtSpec spec_;
    std::uint64_t seed_;
    bool negate_;
    std::unique_ptr<Sampler> first_;
    std::map<Number, Turn> turns_;
    std::map<std::string, Number> numbers_;   // by trial
    std::set<Number> standing_;               // the last that ended of each member
    std::set<Number> ready_;                  // those that nobody follows yet
    std::map<std::int64_t, Number> follows_;  // by k
    std::set<std::int64_t> founders_, pending_;
};

bool PbtSampler::begins(std::int64_t k) const {
    const auto founders = std::distance(founders_.begin(), founders_.lower_bound(k));
    return founders < spec_.population;
}

Result<Suggestion> PbtSampler::begin(std::int64_t k) const {
    auto fresh = first_->ask(k);
    if (fresh) fresh->budget = longer(0);
    return fresh;
}

Result<Suggestion> PbtSampler::ask(std::int64_t k) {
    if (k < 0 || begins(k)) return begin(k);
    Number follows = 0;
    if (auto found = next(k, follows)) return found->budget ? std::move(*found) : begin(k);
    if (pending_.lower_bound(k) != pending_.begin())
        return fail(Code::not_yet, "every member of the population is at work");
    return fail(Code::not_found, "every member of the population is trained");
}

// Of the members that wait, who has waited longest and can go on. Without a budget: it begins anew.
std::optional<Suggestion> PbtSampler::next(std::int64_t k, Number& follows) const {
    std::set<Number> waiting = ready_;
    for (auto at = follows_.lower_bound(k); at != follows_.end(); ++at) waiting.insert(at->second);
    for (const Number turn : waiting) {
        follows = turn;
        if (auto found = follow(turn, k)) return found;
    }
    return std::nullopt;
}

std::vector<PbtSampler::Number> PbtSampler::best_first() const {
    std::vector<Number> order;
    for (const Number turn : standing_)
        if (turns_.at(turn).cost) order.push_back(turn);
    std::stable_sort(order.begin(), order.end(),
                     [&](Number a, Number b) { return *turns_.at(a).cost < *turns_.at(b).cost; });
    return order;
}

// Where exploring leads out of the constraints time and again, it stays.
Params PbtSampler::explored(const Params& params, Stream& stream) const {
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i)
        if (Params other = explore(cube_, params, stream); !broken_constraint(cube_.space(), other))
            return other;
    return params;
}

std::optional<Suggestion> PbtSampler::follow(Number number, std::int64_t k) const {
    const Turn& turn = turns_.at(number);
    if (is_done(turn)) return std::nullopt;
    const std::vector<Number> order = best_first();
    const std::size_t part = truncation();
    std::vector<const Turn*> better;  // a member that failed takes what there is
    for (std::size_t i = 0; i < std::min(turn.cost ? part : std::max<std::size_t>(part, 1), order.size());
         ++i)
        if (const Turn& top = turns_.at(order[i]); !is_done(top) && (!turn.cost || *top.cost < *turn.cost))
            better.push_back(&top);
    const auto place =
        static_cast<std::size_t>(std::find(order.begin(), order.end(), number) - order.begin());
    const bool stays = turn.cost && (place + part < order.size() || better.empty());
    if (stays) return Suggestion{turn.params, name(), longer(turn.budget), turn.trial};
    if (better.empty()) return order.empty() ? std::optional(Suggestion{{}, name(), {}, {}}) : std::nullopt;
    Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "pbt");
    const auto drawn = static_cast<std::size_t>(draw_unit(stream) * static_cast<double>(better.size()));
    const Turn& parent = *better[std::min(drawn, better.size() - 1)];
    return Suggestion{explored(parent.params, stream), name(), longer(parent.budget), parent.trial};
}

void PbtSampler::take_back(std::int64_t k) {
    founders_.erase(k);
    const auto before = follows_.find(k);
    if (before == follows_.end()) return;
    ready_.insert(before->second);
    follows_.erase(before);
}

void PbtSampler::proposed(std::int64_t k, const Suggestion& made) {
    pending_.insert(k);
    take_back(k);
    Number follows = 0;
    if (begins(k) && made.parent.empty()) {
        founders_.insert(k);
    } else if (next(k, follows)) {
        follows_[k] = follows;
        ready_.erase(follows);
    }
}

// One that is told again keeps its place, and who went on from it has done so.
void PbtSampler::tell(const Observation& observation) {
    pending_.erase(observation.k);
    if (observation.k < 0) return;
    const auto known = numbers_.find(observation.trial);
    const Number number = known != numbers_.end() ? known->second : static_cast<Number>(turns_.size());
    Turn turn{observation.trial, observation.params, observation.budget.value_or(0), {}};
    if (observation.state == EndState::complete && !observation.objectives.empty())
        turn.cost = negate_ ? -observation.objectives[0] : observation.objectives[0];
    turns_[number] = std::move(turn);
    if (known != numbers_.end()) return;
    numbers_[observation.trial] = number;
    if (const auto before = follows_.find(observation.k); before != follows_.end())
        standing_.erase(before->second);
    standing_.insert(number);
    ready_.insert(number);
}

}  // namespace
}  // namespace pbt

SamplerResult make_pbt(Space space, const OptimizerSpec& spec, const std::vector<Objective>& objectives,
                       std::unique_ptr<Sampler> first) {
    if (objectives.size() > 1)
        return fail({Code::invalid,
                     "the pbt sampler takes one objective",
                     {},
                     "/optimizer/sampler",
                     0,
                     "use \"nsga2\""});
    const bool negate = !objectives.empty() && objectives.front().direction == Direction::maximize;
    return std::make_unique<pbt::PbtSampler>(std::move(space), spec, negate, std::move(first));
}

}  // namespace tw
