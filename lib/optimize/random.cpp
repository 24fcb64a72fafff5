#include "optimize/feasible.hpp"
#include "optimize/samplers.hpp"

namespace tw {
namespace {

class RandomSampler final : public Sampler {
public:
    RandomSampler(UnitCube cube, Feasible feasible, std::uint64_t seed)
        : cube_(std::move(cube)), feasible_(std::move(feasible)), seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "random");
        return Suggestion{cube_.params(feasible_.draw(cube_, stream)), name()};
    }

    std::string name() const override { return "random"; }

private:
    UnitCube cube_;
    Feasible feasible_;
    std::uint64_t seed_;
};

}  // namespace

SamplerResult make_random(Space space, std::uint64_t seed) {
    UnitCube cube(std::move(space));
    auto feasible = Feasible::make(cube, seed);
    if (!feasible) return fail(std::move(feasible.error()));
    return std::make_unique<RandomSampler>(std::move(cube), std::move(*feasible), seed);
}

}  // namespace tw
