#include <limits>

#include "optimize/samplers.hpp"

namespace tw {
namespace {

class DefaultsFirst final : public Sampler {
public:
    DefaultsFirst(std::optional<Params> first, std::unique_ptr<Sampler> inner,
                  std::optional<std::int64_t> repeated, std::string reason)
        : first_(std::move(first)),
          inner_(std::move(inner)),
          repeated_(repeated),
          reason_(std::move(reason)) {}

    Result<Params> ask(std::int64_t k) override {
        if (k < 0) return fail(Code::invalid, "a proposal's number cannot be negative");
        if (!first_) return inner_->ask(k);
        if (k == 0) return *first_;
        const bool passed = repeated_ && k - 1 >= *repeated_;
        return inner_->ask(passed ? k : k - 1);
    }

    std::optional<std::int64_t> limit() const override {
        const auto inner = inner_->limit();
        const bool more = inner && first_ && !repeated_ && *inner < std::numeric_limits<std::int64_t>::max();
        return more ? std::optional(*inner + 1) : inner;
    }

    void tell(const Observation& observation) override { inner_->tell(observation); }
    std::string name() const override { return inner_->name(); }
    std::string reason() const override { return reason_.empty() ? inner_->reason() : reason_; }

private:
    std::optional<Params> first_;
    std::unique_ptr<Sampler> inner_;
    std::optional<std::int64_t> repeated_;
    std::string reason_;
};

}  // namespace

std::unique_ptr<Sampler> defaults_first(std::optional<Params> first, std::unique_ptr<Sampler> inner,
                                        std::optional<std::int64_t> repeated, std::string reason) {
    return std::make_unique<DefaultsFirst>(std::move(first), std::move(inner), repeated, std::move(reason));
}

}  // namespace tw
