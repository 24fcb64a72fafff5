#include <limits>

#include "optimize/samplers.hpp"

namespace tw {
namespace {

class WithFirst final : public Sampler {
public:
    WithFirst(std::vector<Suggestion> first, std::unique_ptr<Sampler> inner, std::set<std::int64_t> repeated)
        : first_(std::move(first)), inner_(std::move(inner)), repeated_(std::move(repeated)) {}

    Result<Suggestion> ask(std::int64_t k) override {
        if (k < 0) return fail(Code::invalid, "a proposal's number cannot be negative");
        if (k < count()) return first_[static_cast<std::size_t>(k)];
        return inner_->ask(inner_number(k));
    }

    std::optional<std::int64_t> limit() const override {
        const auto inner = inner_->limit();
        const std::int64_t more = count() - std::ssize(repeated_);
        return inner && *inner <= std::numeric_limits<std::int64_t>::max() - more
                   ? std::optional(*inner + more)
                   : inner;
    }

    void proposed(std::int64_t k, const Suggestion& made) override {
        if (k = inner_number(k); k >= 0) inner_->proposed(k, made);
    }

    void tell(const Observation& observation) override {
        const std::int64_t k = inner_number(observation.k);
        if (k == observation.k) return inner_->tell(observation);
        renumbered_ = observation;  // takes over the memory of the one before
        renumbered_.k = k;
        inner_->tell(renumbered_);
    }

    std::string name() const override { return inner_->name(); }
    std::string reason() const override { return inner_->reason(); }

private:
    std::int64_t count() const { return std::ssize(first_); }

    // Those of `first_` and others' trials: -1.
    std::int64_t inner_number(std::int64_t k) const {
        if (k < count()) return -1;
        k -= count();
        for (const std::int64_t left_out : repeated_)  // ascending
            if (left_out <= k) ++k;
        return k;
    }

    std::vector<Suggestion> first_;
    std::unique_ptr<Sampler> inner_;
    std::set<std::int64_t> repeated_;
    Observation renumbered_;
};

}  // namespace

std::unique_ptr<Sampler> with_first(std::vector<Suggestion> first, std::unique_ptr<Sampler> inner,
                                    std::set<std::int64_t> repeated) {
    return std::make_unique<WithFirst>(std::move(first), std::move(inner), std::move(repeated));
}

}  // namespace tw
