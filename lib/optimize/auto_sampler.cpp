// The sampler for who does not want to choose one.
#include "base/counted.hpp"
#include "optimize/samplers.hpp"
#include "optimize/unit.hpp"

namespace tw {
namespace {

// Beyond, a Gaussian process sees too little of what there is to be known, in tests/bench/quality.
constexpr std::size_t most_coordinates = 30;
constexpr std::int64_t most_told = 1000;

// One proposal in so many is the other sampler's, which does not share its mistakes: where noise is taken for
// structure or structure for noise, a Gaussian process can stay at a bad place for long.
constexpr std::int64_t turns = 5;

class AutoSampler final : public Sampler {
public:
    AutoSampler(std::unique_ptr<Sampler> early, std::unique_ptr<Sampler> late, std::string reason)
        : early_(std::move(early)), late_(std::move(late)), reason_(std::move(reason)) {}

    Result<Suggestion> ask(std::int64_t k) override {
        const bool early = early_ && k % turns != turns - 1;
        return (early ? early_ : late_)->ask(k);
    }

    void proposed(std::int64_t k, const Suggestion& made) override {
        if (early_) early_->proposed(k, made);
        late_->proposed(k, made);
    }

    void tell(const Observation& observation) override {
        if (++told_ >= most_told) early_.reset();  // it is not asked any more
        if (early_) early_->tell(observation);
        late_->tell(observation);
    }

    std::string name() const override { return "auto"; }
    std::string reason() const override { return reason_; }

private:
    std::unique_ptr<Sampler> early_, late_;  // as long as there are both, both hear everything
    std::string reason_;
    std::int64_t told_ = 0;
};

}  // namespace

SamplerResult make_auto(Space space, std::uint64_t seed, const std::vector<Objective>& objectives) {
    const std::size_t dimension = UnitCube(space).dimension();
    auto tpe = make_tpe(space, seed, objectives);
    if (!tpe) return tpe;
    if (dimension > most_coordinates)
        return std::make_unique<AutoSampler>(nullptr, std::move(*tpe),
                                             fmt::format("tpe (auto: {} parameters)", dimension));
    auto gp = make_gp(std::move(space), seed, objectives);
    if (!gp) return gp;
    return std::make_unique<AutoSampler>(
        std::move(*gp), std::move(*tpe),
        fmt::format("gp and tpe (auto: {}, {}; tpe alone after {} trials)",
                    counted(objectives.size(), "objective"), counted(dimension, "parameter"), most_told));
}

}  // namespace tw
