// Direction numbers: Joe & Kuo, "Constructing Sobol sequences with better two-dimensional projections",
// SIAM J. Sci. Comput. 30 (2008), as tabulated by Boost. The random digital shift (a Cranley-Patterson
// rotation in base 2) makes each point uniform and keeps the net structure: Lemieux, "Monte Carlo and
// Quasi-Monte Carlo Sampling" (2009), ch. 6.
#include <fmt/format.h>

#include <algorithm>
#include <boost/random/sobol.hpp>

#include "optimize/prior.hpp"
#include "optimize/samplers.hpp"
#include "optimize/stream.hpp"

namespace tw {
namespace {

constexpr std::size_t most_dimensions = boost::random::default_sobol_table::max_dimension;

class SobolSampler final : public Sampler {
public:
    SobolSampler(UnitCube cube, std::uint64_t seed)
        : cube_(std::move(cube)),
          priors_(priors_of(cube_)),
          engine_(std::max<std::size_t>(cube_.dimension(), 1)) {
        Stream stream = make_stream(seed, 0, "sobol shift");
        for (std::size_t i = 0; i < cube_.dimension(); ++i) shift_.push_back(stream());
    }

    Result<Suggestion> ask(std::int64_t k) override {
        engine_.seed(static_cast<std::uint64_t>(k));  // a seek; Boost leaves out the all-zero point
        std::vector<double> point;
        for (const std::uint64_t shift : shift_) point.push_back(unit_from_bits(engine_() ^ shift));
        return Suggestion{draw_params(cube_, priors_, std::move(point)), name()};
    }

    std::string name() const override { return "sobol"; }

private:
    UnitCube cube_;
    std::vector<AxisPrior> priors_;
    boost::random::sobol engine_;
    std::vector<std::uint64_t> shift_;
};

}  // namespace

SamplerResult make_sobol(Space space, std::uint64_t seed) {
    UnitCube cube(std::move(space));
    if (cube.dimension() > most_dimensions) {
        return fail({Code::invalid,
                     fmt::format("the sobol sampler takes at most {} parameters; the space has {}",
                                 most_dimensions, cube.dimension()),
                     {},
                     "/optimizer/sampler",
                     0,
                     "use \"random\""});
    }
    return std::make_unique<SobolSampler>(std::move(cube), seed);
}

}  // namespace tw
