#include "optimize/gp/front_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "optimize/gp/gp_sampler.hpp"
#include "optimize/gp/hypervolume_search.hpp"
#include "optimize/stream.hpp"

namespace tw::gp {
namespace {

constexpr double smooth = 2.0 / 3;                     // of the proposals
constexpr double small_share = 0.05, large_share = 1;  // of the sum

// With trials under way one of so many proposals is by weights.
constexpr std::int64_t turns = 3;

using Costs = std::vector<double>;

struct Range {
    double low = std::numeric_limits<double>::infinity(), high = -low;

    // By halves: the extent of finite values may be no finite number.
    double extent() const { return high / 2 - low / 2; }
    bool empty() const { return !(extent() > 0); }
    double place(double value) const {
        constexpr double farthest = 1e9;
        return empty() ? 0 : std::clamp((value / 2 - low / 2) / extent(), -farthest, farthest);
    }
};

std::vector<Costs> costs_of(const History& history) {
    std::vector<Costs> all;
    const auto usable = [](const Told& told) { return !told.replaced && !told.costs.empty(); };
    const auto feasible = [&](const Told& told) { return usable(told) && told.violation == 0; };
    const bool any = std::any_of(history.told().begin(), history.told().end(), feasible);
    for (const Told& told : history.told())
        if (any ? feasible(told) : usable(told)) all.push_back(told.costs);
    return all;
}

bool no_worse(const Costs& a, const Costs& b) {
    return std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
}

// Each once. What beats another comes before it in the order of costs.
std::vector<Costs> front_of(std::vector<Costs> all) {
    std::sort(all.begin(), all.end());
    std::vector<Costs> front;
    for (auto& costs : all)
        if (std::none_of(front.begin(), front.end(), [&](auto& other) { return no_worse(other, costs); }))
            front.push_back(std::move(costs));
    return front;
}

std::vector<Range> ranges_of(const std::vector<Costs>& all, std::size_t objectives) {
    std::vector<Range> ranges(objectives);
    for (const Costs& costs : all)
        for (std::size_t i = 0; i < objectives; ++i)
            ranges[i] = {std::min(ranges[i].low, costs[i]), std::max(ranges[i].high, costs[i])};
    return ranges;
}

// A front of a single trial has no spread: that of all trials is taken there.
std::vector<Range> spread_of(const History& history) {
    const std::size_t objectives = history.objectives().size();
    const auto all = costs_of(history);
    auto spread = ranges_of(front_of(all), objectives);
    const auto widest = ranges_of(all, objectives);
    for (std::size_t i = 0; i < objectives; ++i)
        if (spread[i].empty()) spread[i] = widest[i];
    return spread;
}

// Evenly on the simplex.
std::vector<double> draw_weights(std::size_t count, Stream& stream) {
    std::vector<double> weights(count);
    double sum = 0;
    for (double& weight : weights) sum += weight = -std::log1p(-draw_unit(stream)) + 1e-9;
    for (double& weight : weights) weight /= sum;
    return weights;
}

class FrontSampler final : public Sampler {
public:
    FrontSampler(std::unique_ptr<Sampler> start, History history, Feasible feasible, std::uint64_t seed)
        : start_(std::move(start)),
          history_(std::move(history)),
          feasible_(std::move(feasible)),
          seed_(seed) {
        if (history_.objectives().size() == 2)
            hypervolume_ = std::make_unique<HypervolumeSearch>(history_, feasible_, seed_);
    }

    Result<Suggestion> ask(std::int64_t k) override {
        if (history_.complete() < startup || history_.cube().dimension() == 0) return start_->ask(k);
        if (hypervolume_ && !(history_.pending(k).size() > 0 && k % turns == 0))
            return Suggestion{history_.cube().params(hypervolume_->choose(k)), name()};
        return ask_by_weights(k);
    }

    void proposed(std::int64_t k, const Suggestion& made) override { history_.proposed(k, made.params); }
    void tell(const Observation& observation) override { history_.tell(observation); }
    std::string name() const override { return "gp"; }

private:
    Result<Suggestion> ask_by_weights(std::int64_t k) const {
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "gp weights");
        const auto weights = draw_weights(history_.objectives().size(), stream);
        const double share = draw_unit(stream) < smooth ? large_share : small_share;
        History one = history_.with_one_objective(chebyshev(history_, weights, share));
        return make_gp_sampler(nullptr, std::move(one), feasible_, seed_)->ask(k);
    }

    std::unique_ptr<Sampler> start_;
    History history_;
    Feasible feasible_;
    std::uint64_t seed_;
    std::unique_ptr<HypervolumeSearch> hypervolume_;  // of the history; null: not for so many objectives
};

}  // namespace

std::function<double(const Told&)> chebyshev(const History& history, const std::vector<double>& weights,
                                             double share) {
    return [spread = spread_of(history), weights, share](const Told& told) {
        double most = -std::numeric_limits<double>::infinity(), sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const double distance = weights[i] * spread[i].place(told.costs[i]);
            most = std::max(most, distance);
            sum += distance;
        }
        return most + share * sum;
    };
}

std::unique_ptr<Sampler> make_front_sampler(std::unique_ptr<Sampler> start, History history,
                                            Feasible feasible, std::uint64_t seed) {
    return std::make_unique<FrontSampler>(std::move(start), std::move(history), std::move(feasible), seed);
}

}  // namespace tw::gp
