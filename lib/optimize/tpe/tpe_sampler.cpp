// Tree-structured Parzen estimator: of candidates drawn from the density of good trials the one that is
// likeliest there compared with the density of the others: Bergstra, Bardenet, Bengio, Kegl, "Algorithms for
// hyper-parameter optimization" (2011), with settings of arXiv 2304.11127.
#include <cmath>

#include "optimize/samplers.hpp"
#include "optimize/tpe/parzen.hpp"
#include "optimize/tpe/split.hpp"

namespace tw {
namespace {

using namespace tpe;

constexpr std::size_t startup = 10, candidates = 24;

// Of more trials that are not good, an even choice by age: their density changes little, and a proposal costs
// the same after any number of trials.
constexpr std::size_t most_bad = 400;

class TpeSampler final : public Sampler {
public:
    TpeSampler(std::unique_ptr<Sampler> start, History history, std::uint64_t seed)
        : start_(std::move(start)),
          history_(std::move(history)),
          axes_(axes_of(history_.cube())),
          seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (history_.complete() < startup || axes_.empty()) return start_->ask(k);
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
        for (std::size_t i = 0; i < candidates; ++i) {
            Point point = settled(good.draw(stream));
            const double gain = good.log_density(point) - others.log_density(point);
            if (!best.empty() && !(gain > most)) continue;
            best = std::move(point);
            most = gain;
        }
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
    std::vector<Axis> axes_;
    std::uint64_t seed_;
};

}  // namespace

SamplerResult make_tpe(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_random(space, seed);
    if (!start) return start;
    return std::make_unique<TpeSampler>(std::move(*start), History(UnitCube(std::move(space)), objectives),
                                        seed);
}

}  // namespace tw
