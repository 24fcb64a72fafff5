// NSGA-II without generations: a child is made of the best that is known when it is asked for.
#include <algorithm>
#include <cmath>

#include "optimize/nsga2/offspring.hpp"
#include "optimize/nsga2/population.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace nsga2 {
namespace {

constexpr int most_drawn = 1000;  // children, of which some violate constraints on parameters
constexpr int attempts = 20;      // at a child that was not tried yet, before looking elsewhere

bool same_point(const Point& a, const Point& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

bool contains(const std::vector<Point>& points, const Point& point) {
    return std::any_of(points.begin(), points.end(),
                       [&](const Point& other) { return same_point(other, point); });
}

class Nsga2Sampler final : public Sampler {
public:
    Nsga2Sampler(History history, std::unique_ptr<Sampler> first, std::size_t population, std::uint64_t seed)
        : history_(std::move(history)),
          axes_(history_.cube().axes()),
          first_(std::move(first)),
          population_(population),
          seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override;
    void tell(const Observation& observation) override;

    void proposed(std::int64_t k, const Suggestion& made) override { history_.proposed(k, made.params); }
    std::string name() const override { return "nsga2"; }

private:
    bool breeds(std::int64_t k) const;
    bool was_tried(const Params& params, const std::vector<Point>& pending) const;
    const Point& select(Stream& stream) const;

    History history_;
    std::vector<Parameter> axes_;
    std::unique_ptr<Sampler> first_;
    Population population_;
    std::uint64_t seed_;
};

Result<Suggestion> Nsga2Sampler::ask(std::int64_t k) {
    if (!breeds(k)) return first_->ask(k);
    Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "nsga2");
    const std::vector<Point> pending = history_.pending(k);
    for (int i = 0, drawn = 0; i < attempts && drawn < most_drawn; ++drawn) {
        const Point &a = select(stream), &b = select(stream);
        const Point child = make_child(axes_, a, b, stream);
        if (!history_.cube().feasible(child)) continue;
        ++i;
        Params params = history_.cube().params(child);
        if (!was_tried(params, pending)) return Suggestion{std::move(params), name()};
    }
    return first_->ask(k);
}

void Nsga2Sampler::tell(const Observation& observation) {
    const std::size_t before = history_.told().size();
    history_.tell(observation);
    population_.remove(observation.trial);
    if (history_.told().size() > before && !history_.told().back().costs.empty())
        population_.add(history_.told().back());
}

// Not before the first population was proposed, unless others have tried as many.
bool Nsga2Sampler::breeds(std::int64_t k) const {
    const std::size_t known = population_.best_first().size();
    return known >= population_.most() || (known >= 2 && k >= static_cast<std::int64_t>(population_.most()));
}

bool Nsga2Sampler::was_tried(const Params& params, const std::vector<Point>& pending) const {
    const Point point = history_.point_of(params);
    const auto& told = history_.told();
    return contains(pending, point) || std::any_of(told.begin(), told.end(), [&](const Told& known) {
               return same_point(known.point, point);
           });
}

// Binary tournament.
const Point& Nsga2Sampler::select(Stream& stream) const {
    const auto& members = population_.best_first();
    const auto draw = [&] {
        const auto i = static_cast<std::size_t>(draw_unit(stream) * static_cast<double>(members.size()));
        return std::min(i, members.size() - 1);
    };
    const std::size_t one = draw(), other = draw();
    return members[std::min(one, other)].point;
}

}  // namespace
}  // namespace nsga2

SamplerResult make_nsga2(Space space, std::uint64_t seed, const std::vector<Objective>& objectives,
                         std::int64_t trials) {
    auto first = make_sobol(space, seed);
    if (!first) first = make_random(space, seed);
    if (!first) return first;
    const auto population = static_cast<std::size_t>(std::clamp<std::int64_t>(trials / 5, 8, 50));
    return std::make_unique<nsga2::Nsga2Sampler>(History(UnitCube(std::move(space)), std::move(objectives)),
                                                 std::move(*first), population, seed);
}

}  // namespace tw
