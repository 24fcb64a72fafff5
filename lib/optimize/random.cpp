#include "optimize/prior.hpp"
#include "optimize/samplers.hpp"
#include "optimize/stream.hpp"

namespace tw {
namespace {

class RandomSampler final : public Sampler {
public:
    RandomSampler(Space space, std::uint64_t seed)
        : cube_(std::move(space)), priors_(priors_of(cube_)), seed_(seed) {}

    Result<Suggestion> ask(std::int64_t k) override {
        Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "random");
        std::vector<double> point(cube_.dimension());
        for (double& u : point) u = draw_unit(stream);
        return Suggestion{draw_params(cube_, priors_, std::move(point)), name()};
    }

    std::string name() const override { return "random"; }

private:
    UnitCube cube_;
    std::vector<AxisPrior> priors_;
    std::uint64_t seed_;
};

}  // namespace

SamplerResult make_random(Space space, std::uint64_t seed) {
    return std::make_unique<RandomSampler>(std::move(space), seed);
}

}  // namespace tw
