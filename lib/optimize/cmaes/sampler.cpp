// CMA-ES told in any order: a generation ends when enough results are in, of its own samples or of others
// near enough.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "optimize/cmaes/evolution.hpp"
#include "optimize/cmaes/progress.hpp"
#include "optimize/cmaes/restarts.hpp"
#include "optimize/cmaes/start.hpp"
#include "optimize/feasible.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace cmaes {
namespace {

constexpr int most_drawn = 100;  // samples, for one that meets the constraints on parameters

// What was proposed from which state. A number with steps says less than the point it was made from.
struct Draw {
    int run = 0, generation = 0;
    Vector x;
};

struct Scored {
    std::string trial;
    double violation = 0, cost = 0;
    Step step;

    bool operator<(const Scored& other) const {
        return violation != other.violation ? violation < other.violation : cost < other.cost;
    }
};

class CmaesSampler final : public Sampler {
public:
    CmaesSampler(History history, Feasible feasible, std::uint64_t seed)
        : history_(std::move(history)),
          feasible_(std::move(feasible)),
          seed_(seed),
          axes_(history_.cube()),
          restarts_(default_lambda(dimension()), first_sigma),
          progress_(dimension(), default_lambda(dimension())),
          evolution_(first_start(history_, seed_)),
          wanted_(evolution_.lambda()) {}

    Result<Suggestion> ask(std::int64_t k) override {
        start();
        return Suggestion{history_.cube().params(axes_.inside(sample(k))), name()};
    }

    void proposed(std::int64_t k, const Suggestion& made) override;
    void tell(const Observation& observation) override;

    std::string name() const override { return "cmaes"; }

private:
    int dimension() const { return static_cast<int>(history_.cube().dimension()); }
    void start();
    Vector sample(std::int64_t k) const;
    void take(const Told& told);
    std::optional<Step> usable_step(const Told& told) const;
    void end_generation();
    void restart();

    History history_;
    Feasible feasible_;
    std::uint64_t seed_;
    Axes axes_;
    Restarts restarts_;
    Progress progress_;
    Evolution evolution_;
    int wanted_;  // results that end a generation
    std::map<std::int64_t, Draw> draws_;
    std::vector<Scored> results_;  // of the generation that goes on
    bool begun_ = false;           // something was proposed
    bool stale_ = false;           // the start is not that of what was told before
    int run_ = 0, generation_ = 0;
    std::int64_t spent_ = 0, most_ = 0;  // results of this run, and when it is left
};

void CmaesSampler::start() {
    if (std::exchange(stale_, false)) evolution_ = Evolution(first_start(history_, seed_));
}

Vector CmaesSampler::sample(std::int64_t k) const {
    Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "cmaes");
    for (int i = 0; i < most_drawn; ++i)
        if (Vector x = evolution_.sample(stream); history_.cube().feasible(axes_.inside(x))) return x;
    const Point point = feasible_.draw(history_.cube(), stream);
    return Eigen::Map<const Vector>(point.data(), static_cast<Eigen::Index>(point.size()));
}

void CmaesSampler::proposed(std::int64_t k, const Suggestion& made) {
    start();
    history_.proposed(k, made.params);
    begun_ = true;
    Vector x = sample(k);
    if (history_.cube().params(axes_.inside(x)) == made.params)
        draws_.try_emplace(k, Draw{run_, generation_, std::move(x)});
}

void CmaesSampler::tell(const Observation& observation) {
    const std::size_t before = history_.told().size();
    history_.tell(observation);
    if (history_.told().size() == before || dimension() == 0) return;
    if (begun_)
        take(history_.told().back());
    else
        stale_ = true;
}

// Late results and others' trials count as if they were sampled today unless that would be unlikely: Hansen,
// "Injecting External Solutions Into CMA-ES", arXiv 1110.4181. What is left of an earlier run is all in one
// place.
std::optional<Step> CmaesSampler::usable_step(const Told& told) const {
    const auto draw = draws_.find(told.k);
    const bool own = draw != draws_.end();
    if (own && draw->second.run != run_) return std::nullopt;
    const bool fresh = own && draw->second.generation == generation_;
    Vector y = evolution_.step_to(own ? draw->second.x : axes_.nearest(told.point, evolution_.mean()));
    const double n = dimension(), farthest = std::sqrt(n) + 2 * n / (n + 2);
    if (!fresh && evolution_.length(y) > farthest) return std::nullopt;
    return Step{std::move(y), fresh};
}

void CmaesSampler::take(const Told& told) {
    std::optional<Step> step = usable_step(told);
    if (!step) return;
    ++spent_;
    std::erase_if(results_, [&](const Scored& known) { return known.trial == told.trial; });
    constexpr double last = std::numeric_limits<double>::infinity();
    results_.push_back({told.trial, told.costs.empty() ? last : told.violation,
                        told.costs.empty() ? last : told.costs.front(), std::move(*step)});
    if (results_.size() >= static_cast<std::size_t>(wanted_)) end_generation();
}

// With many at work most results are late; a generation of at least half of them keeps up with its own.
void CmaesSampler::end_generation() {
    std::stable_sort(results_.begin(), results_.end());
    std::vector<Step> steps;
    std::vector<double> costs;  // what progress is measured by
    const bool nothing_feasible = results_.front().violation > 0;
    for (Scored& result : results_) {
        steps.push_back(std::move(result.step));
        const bool violates = result.violation > 0 && std::isfinite(result.violation);
        if (nothing_feasible)
            costs.push_back(result.violation);
        else
            costs.push_back(violates ? costs.back() : result.cost);
    }
    results_.clear();
    ++generation_;
    evolution_.advance(steps, axes_);
    progress_.add(costs);
    if (progress_.ended() || evolution_.collapsed(axes_) || (most_ > 0 && spent_ >= most_)) restart();
    wanted_ = std::max(evolution_.lambda(), static_cast<int>(history_.pending_count() / 2));
}

void CmaesSampler::restart() {
    Stream stream = make_stream(seed_, static_cast<std::uint64_t>(++run_), "cmaes restart");
    const Regime regime = restarts_.next(std::exchange(spent_, 0), stream);
    most_ = regime.most;
    progress_ = Progress(dimension(), regime.lambda);
    evolution_ = Evolution(random_start(history_.cube().dimension(), regime.sigma, regime.lambda, stream));
}

}  // namespace
}  // namespace cmaes

namespace {

tl::unexpected<Error> refuse(std::string what, std::string hint) {
    return fail({Code::invalid, std::move(what), {}, "/optimizer/sampler", 0, std::move(hint)});
}

}  // namespace

SamplerResult make_cmaes(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    if (objectives.size() > 1) return refuse("the cmaes sampler takes one objective", "use \"nsga2\"");
    for (const Parameter& p : space.parameters)
        if (is_category(p) || !p.when.empty())
            return refuse(fmt::format("the cmaes sampler takes numbers without conditions; '{}' is {}",
                                      p.name, p.when.empty() ? "a choice" : "conditional"),
                          "use \"tpe\" or \"auto\"");
    History history(UnitCube(std::move(space)), objectives);
    auto feasible = Feasible::make(history.cube(), seed);
    if (!feasible) return fail(std::move(feasible.error()));
    return std::make_unique<cmaes::CmaesSampler>(std::move(history), std::move(*feasible), seed);
}

}  // namespace tw
