#include "optimize/nsga2/population.hpp"

#include <algorithm>

#include "optimize/ranking.hpp"

namespace tw::nsga2 {
void Population::add(const Told& told) {
    members_.insert(members_.begin(), told);  // of equals the newest stays, so that a plateau is crossed
    arrange();
    if (members_.size() > most_) members_.pop_back();
}

void Population::remove(const std::string& trial) {
    std::erase_if(members_, [&](const Told& told) { return told.trial == trial; });
}

void Population::arrange() {
    std::vector<std::vector<double>> costs;
    std::vector<double> violations;
    for (const Told& told : members_) {
        costs.push_back(told.costs);
        violations.push_back(told.violation);
    }
    std::vector<Told> arranged;
    for (const std::size_t i : order_by_crowding(costs, violations))
        arranged.push_back(std::move(members_[i]));
    members_ = std::move(arranged);
}

}  // namespace tw::nsga2
