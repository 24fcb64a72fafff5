// Hyperband: Li et al., JMLR 18 (2018), arXiv 1603.06560, as asynchronous brackets like Optuna's
// HyperbandPruner.
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/text.hpp"
#include "optimize/prune/asha.hpp"
#include "optimize/prune/pruners.hpp"
#include "optimize/prune/rungs.hpp"

namespace tw {

namespace {

std::uint64_t hash_of(const std::string& trial) {
    const std::string digits = content_hash("hyperband " + trial).substr(0, 12);
    std::uint64_t bits = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    return bits;
}

// Bracket b is an asha without the first b rungs. A trial's bracket is a matter of its name, so that it
// is the same after a restart; the more rungs a bracket has, the more trials it is given.
class Hyperband final : public Pruner {
public:
    explicit Hyperband(const PrunerSpec& spec)
        : shares_(bracket_shares(spec)), total_(std::accumulate(shares_.begin(), shares_.end(), 0.0)) {
        for (std::size_t b = 0; b < shares_.size(); ++b) brackets_.emplace_back(spec, rung_steps(spec, b));
    }

    void report(const std::string& trial, std::int64_t step, double value) override {
        brackets_[bracket_of(trial)].report(trial, step, value);
    }
    Judgement judge(const std::string& trial) const override {
        return brackets_[bracket_of(trial)].judge(trial);
    }
    void end(const std::string&, const TrialEnd&) override {}
    void forget(const std::string& trial) override { brackets_[bracket_of(trial)].forget(trial); }

private:
    std::size_t bracket_of(const std::string& trial) const {
        return bracket_at(shares_, std::fmod(static_cast<double>(hash_of(trial)), total_));
    }

    std::vector<Asha> brackets_;
    std::vector<double> shares_;
    double total_;
};

}  // namespace

std::unique_ptr<Pruner> make_hyperband(const PrunerSpec& spec) {
    return std::make_unique<Hyperband>(spec);
}

}  // namespace tw
