#include <limits>

#include "optimize/samplers.hpp"

namespace tw {
namespace {

class DefaultsFirst final : public Sampler {
public:
    DefaultsFirst(std::optional<Params> first, std::unique_ptr<Sampler> inner,
                  std::optional<std::int64_t> repeated)
        : first_(std::move(first)), inner_(std::move(inner)), repeated_(repeated) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (k < 0) return fail(Code::invalid, "a proposal's number cannot be negative");
        if (first_ && k == 0) return Suggestion{*first_, "default"};
        return inner_->ask(inner_number(k));
    }

    std::optional<std::int64_t> limit() const override {
        const auto inner = inner_->limit();
        const bool more = inner && first_ && !repeated_ && *inner < std::numeric_limits<std::int64_t>::max();
        return more ? std::optional(*inner + 1) : inner;
    }

    void proposed(std::int64_t k, const Params& params) override {
        if (k = inner_number(k); k >= 0) inner_->proposed(k, params);
    }

    void tell(const Observation& observation) override {
        Observation told = observation;
        told.k = inner_number(observation.k);
        inner_->tell(told);
    }

    std::string name() const override { return inner_->name(); }
    std::string reason() const override { return inner_->reason(); }

private:
    // `first` and others' trials: -1.
    std::int64_t inner_number(std::int64_t k) const {
        if (!first_ || k < 0) return k;
        return repeated_ && k > *repeated_ ? k : k - 1;
    }

    std::optional<Params> first_;
    std::unique_ptr<Sampler> inner_;
    std::optional<std::int64_t> repeated_;
};

}  // namespace

std::unique_ptr<Sampler> defaults_first(std::optional<Params> first, std::unique_ptr<Sampler> inner,
                                        std::optional<std::int64_t> repeated) {
    return std::make_unique<DefaultsFirst>(std::move(first), std::move(inner), repeated);
}

}  // namespace tw
