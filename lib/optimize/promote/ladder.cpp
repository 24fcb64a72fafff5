#include "optimize/promote/ladder.hpp"

#include <algorithm>

namespace tw {

Ladder::Rung* Ladder::rung_of(double budget) {
    const auto above =
        std::upper_bound(steps_.begin(), steps_.end(), budget,
                         [](double b, std::int64_t step) { return b < static_cast<double>(step); });
    return above == steps_.begin() ? nullptr : &rungs_[static_cast<std::size_t>(above - steps_.begin()) - 1];
}

void Ladder::add(const std::string& trial, double budget, std::int64_t seq, double cost) {
    if (Rung* rung = rung_of(budget)) rung->emplace(cost, seq, trial);
}

void Ladder::remove(const std::string& trial, double budget, std::int64_t seq, double cost) {
    if (Rung* rung = rung_of(budget)) rung->erase({cost, seq, trial});
}

std::optional<Ladder::Promotion> Ladder::promote(const std::function<bool(const std::string&)>& may) const {
    for (std::size_t next = steps_.size(); next-- > 1;) {
        const Rung& rung = rungs_[next - 1];
        auto left = static_cast<std::size_t>(static_cast<double>(rung.size()) / eta_ + 1e-9);
        for (auto place = rung.begin(); left > 0; ++place, --left)
            if (const std::string& trial = std::get<std::string>(*place); may(trial))
                return Promotion{trial, steps_[next]};
    }
    return std::nullopt;
}

}  // namespace tw
