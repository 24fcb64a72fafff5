// Tree-structured Parzen estimator: of candidates drawn from the density of good trials the one that is likeliest there compared
// with the density of the others: Bergstra, Bardenet, Bengio, Kegl, "Algorithms for hyper-parameter optimization" (2011),
// with the settings of arXiv 2304.11127.
#include <algorithm>

#include "optimize/samplers.hpp"
#include "optimize/tpe/parzen.hpp"
#include "optimize/tpe/split.hpp"

namespace tw {
namespace {

using namespace tpe;

constexpr std::size_t startup = 10, candidates = 24;

class TpeSampler final : public Sampler {
public:
    TpeSampler(std::unique_ptr<Sampler> start, History history, std::uint64_t seed)
        : start_(std::move(start)), history_(std::move(history)), rows_(axes_of(history_.cube())), seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (history_.complete() < startup || rows_.axes().empty()) return start_->ask(k);
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "tpe");
        Split parts = split(history_);
        Rows rows = rows_;
        for (const Point& point : history_.pending(k)) {  // nobody is sent where somebody is
            parts.bad.push_back(rows.size());
            rows.add(point);
        }
        const Parzen good(rows, std::move(parts.good), std::move(parts.weights)), bad(rows, std::move(parts.bad), {});
        std::vector<Params> drawn;
        std::vector<Point> points;
        for (std::size_t i = 0; i < candidates; ++i) {
            drawn.push_back(history_.cube().params(good.draw(stream)));
            points.push_back(history_.point_of(drawn.back()));
        }
        const Candidates judged(rows, points);
        Eigen::Index best = 0;
        (good.log_density(judged) - bad.log_density(judged)).maxCoeff(&best);
        return Suggestion{drawn[static_cast<std::size_t>(best)], name()};
    }

    void proposed(std::int64_t k, const Params& params) override { history_.proposed(k, params); }

    void tell(const Observation& observation) override {
        history_.tell(observation);
        while (rows_.size() < history_.told().size()) rows_.add(history_.told()[rows_.size()].point);
    }

    std::string name() const override { return "tpe"; }

private:
    std::unique_ptr<Sampler> start_;
    History history_;
    Rows rows_;  // of history_.told()
    std::uint64_t seed_;
};

}  // namespace

SamplerResult make_tpe(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    auto start = make_random(space, seed);
    if (!start) return start;
    return std::make_unique<TpeSampler>(std::move(*start), History(UnitCube(std::move(space)), objectives), seed);
}

}  // namespace tw
