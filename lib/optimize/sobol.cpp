// Direction numbers: Joe & Kuo, "Constructing Sobol sequences with better two-dimensional projections",
// SIAM J. Sci. Comput. 30 (2008), as tabulated by Boost. The random digital shift (a Cranley-Patterson
// rotation in base 2) makes each point uniform and keeps the net structure: Lemieux, "Monte Carlo and
// Quasi-Monte Carlo Sampling" (2009), ch. 6.
#include <fmt/format.h>

#include <algorithm>
#include <boost/random/sobol.hpp>

#include "optimize/feasible.hpp"
#include "optimize/prior.hpp"
#include "optimize/samplers.hpp"
#include "optimize/stream.hpp"

namespace tw {
namespace {

constexpr int most_left_out = 1000;
constexpr std::size_t most_dimensions = boost::random::default_sobol_table::max_dimension;

class SobolSampler final : public Sampler {
public:
    SobolSampler(UnitCube cube, Feasible feasible, std::uint64_t seed)
        : cube_(std::move(cube)),
          feasible_(std::move(feasible)),
          priors_(priors_of(cube_)),
          seed_(seed),
          engine_(std::max<std::size_t>(cube_.dimension(), 1)) {
        Stream stream = make_stream(seed, 0, "sobol shift");
        for (std::size_t i = 0; i < cube_.dimension(); ++i) shift_.push_back(stream());
    }

    Result<Suggestion> ask(std::int64_t k) override {
        std::vector<double> point = point_at(place_of(k));
        if (!cube_.feasible(point)) {
            Stream stream = make_stream(seed_, static_cast<std::uint64_t>(k), "sobol");
            point = feasible_.draw(cube_, stream);
        }
        return Suggestion{cube_.params(point), name()};
    }

    std::string name() const override { return "sobol"; }

private:
    std::vector<double> point_at(std::uint64_t place) {
        engine_.seed(place);  // a seek; Boost leaves out the all-zero point
        std::vector<double> point;
        for (const std::uint64_t shift : shift_) point.push_back(unit_from_bits(engine_() ^ shift));
        for (std::size_t i = 0; i < point.size(); ++i) point[i] = priors_[i].quantile(point[i]);
        return point;
    }

    // Points that violate a constraint are left out, but for one after too many in a row, which is drawn
    // instead.
    std::uint64_t place_of(std::int64_t k) {
        const auto number = static_cast<std::size_t>(k);
        if (cube_.space().constraints.empty()) return number;
        while (places_.size() <= number) {
            std::uint64_t place = places_.empty() ? 0 : places_.back() + 1;
            for (int i = 1; i < most_left_out && !cube_.feasible(point_at(place)); ++i) ++place;
            places_.push_back(place);
        }
        return places_[number];
    }

    UnitCube cube_;
    Feasible feasible_;
    std::vector<AxisPrior> priors_;
    std::uint64_t seed_;
    std::vector<std::uint64_t> places_;  // of proposals in the sequence, where there are constraints
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
    auto feasible = Feasible::make(cube, seed);
    if (!feasible) return fail(std::move(feasible.error()));
    return std::make_unique<SobolSampler>(std::move(cube), std::move(*feasible), seed);
}

}  // namespace tw
