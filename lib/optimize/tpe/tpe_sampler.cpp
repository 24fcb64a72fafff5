// Tree-structured Parzen estimator: of candidates drawn from the density of good trials the one that is
// likeliest there compared with the density of the others: Bergstra, Bardenet, Bengio, Kegl, "Algorithms for
// hyper-parameter optimization" (2011), with settings of arXiv 2304.11127.
#include <cmath>

#include "optimize/feasible.hpp"
#include "optimize/samplers.hpp"
#include "optimize/tpe/parzen.hpp"
#include "optimize/tpe/split.hpp"

namespace tw {
namespace {

using namespace tpe;

constexpr std::size_t startup = 10, candidates = 24;
constexpr std::size_t most_drawn = 1000;  // for as many candidates that meet the constraints on parameters

// Of more trials that are not good, an even choice by age: their density changes little, and a proposal costs
// the same after any number of trials.
constexpr std::size_t most_bad = 400;

class TpeSampler final : public Sampler {
public:
    TpeSampler(std::unique_ptr<Sampler> start, History history, Feasible feasible, std::uint64_t seed)
        : start_(std::move(start)),
          history_(std::move(history)),
          feasible_(std::move(feasible)),
          axes_(axes_of(history_.cube())),
          seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (!is_ready() || axes_.empty()) return start_->ask(k);
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "tpe");
        const Split parts = split(history_);
        std::vector<Point> bad = points_of(parts.bad, most_bad);
        for (Point& point : history_.pending(k))
            bad.push_back(std::move(point));  // nobody is sent where somebody is
        const Parzen good(axes_, points_of(parts.good, parts.good.size()), parts.weights, Width::gaps);
        const Parzen others(axes_, bad, {}, Width::scott);
        return Suggestion{choose(good, others, stream), name()};
    }

    void proposed(std::int64_t k, const Suggestion& made) override { history_.proposed(k, made.params); }
    void tell(const Observation& observation) override { history_.tell(observation); }
    std::string name() const override { return "tpe"; }

private:
    // Where most configurations fail, the failures say where not to look before much is complete.
    bool is_ready() const {
        return history_.complete() >= startup ||
               (history_.complete() >= 2 && history_.complete() + history_.failed() >= startup);
    }

    std::vector<Point> points_of(const std::vector<std::size_t>& trials, std::size_t most) const {
        const std::size_t count = std::min(most, trials.size());
        std::vector<Point> points;
        for (std::size_t i = 0; i < count; ++i)
            points.push_back(history_.told()[trials[i * trials.size() / count]].point);
        return points;
    }

    Params choose(const Parzen& good, const Parzen& others, Stream& stream) const {
        Point best;
        double most = 0;
        std::size_t drawn = 0;
        for (std::size_t i = 0; i < candidates && drawn < most_drawn; ++drawn) {
            Point point = settled(good.draw(stream));
            if (!history_.cube().feasible(point)) continue;
            ++i;
            const double gain = good.log_density(point) - others.log_density(point);
            if (!best.empty() && !(gain > most)) continue;
            best = std::move(point);
            most = gain;
        }
        if (best.empty()) best = feasible_.draw(history_.cube(), stream);
        for (double& u : best) u = std::isnan(u) ? 0.5 : u;
        return history_.cube().params(best);
    }

    // The nearest configuration.
    Point settled(Point point) const {
        if (history_.cube().conditional()) return history_.point_of(history_.cube().params(point));
        for (std::size_t i = 0; i < point.size(); ++i)
            if (const auto& levels = axes_[i].levels; !levels.empty())
                point[i] = nearest_level(levels, point[i]);
        return point;
    }

    std::unique_ptr<Sampler> start_;
    History history_;
    Feasible feasible_;
    std::vector<Axis> axes_;
    std::uint64_t seed_;
};

}  // namespace

SamplerResult make_tpe(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_random(space, seed);
    if (!start) return start;
    History history(UnitCube(std::move(space)), objectives);
    auto feasible = Feasible::make(history.cube(), seed);
    if (!feasible) return fail(std::move(feasible.error()));
    return std::make_unique<TpeSampler>(std::move(*start), std::move(history), std::move(*feasible), seed);
}

}  // namespace tw
