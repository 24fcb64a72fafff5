#include "optimize/cmaes/restarts.hpp"

#include <algorithm>
#include <cmath>

namespace tw::cmaes {
namespace {

constexpr int most_doublings = 9;

}  // namespace

Regime Restarts::next(std::int64_t spent, Stream& stream) {
    (large_ ? large_spent_ : small_spent_) += spent;
    if (large_) last_large_ = spent;
    large_ = large_spent_ <= small_spent_;
    if (large_) {
        doublings_ = std::min(doublings_ + 1, most_doublings);
        return {lambda_ << doublings_, sigma_, 0};
    }
    const double part = draw_unit(stream), narrower = draw_unit(stream);
    const double growth = std::pow(std::ldexp(0.5, doublings_), part * part);
    return {static_cast<int>(lambda_ * growth), sigma_ * std::pow(10.0, -2 * narrower),
            std::max<std::int64_t>(last_large_ / 2, 1)};
}

}  // namespace tw::cmaes
