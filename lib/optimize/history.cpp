#include "optimize/history.hpp"

#include <limits>

namespace tw {

History::History(UnitCube cube, std::vector<Objective> objectives)
    : cube_(std::move(cube)), objectives_(std::move(objectives)) {
}

Point History::point_of(const Params& params) const {
    Point point;
    point.reserve(cube_.dimension());
    for (const auto& u : cube_.point(params))
        point.push_back(u.value_or(std::numeric_limits<double>::quiet_NaN()));
    return point;
}

void History::proposed(std::int64_t k, const Params& params) {
    pending_[k] = point_of(params);
}

void History::tell(const Observation& observation) {
    pending_.erase(observation.k);
    if (const auto before = places_.find(observation.trial); before != places_.end()) {
        Told& old = told_[before->second];
        if (!old.replaced) --(old.costs.empty() ? failed_ : complete_);
        old.replaced = true;
    }
    if (observation.state != EndState::complete && !observation.own_fault) return;
    Told told{observation.trial, observation.k, point_of(observation.params), observation.objectives, false};
    for (std::size_t i = 0; i < told.costs.size() && i < objectives_.size(); ++i)
        if (objectives_[i].direction == Direction::maximize) told.costs[i] = -told.costs[i];
    ++(told.costs.empty() ? failed_ : complete_);
    told.excess = observation.excess;
    told.violation = violation_of(told.excess);
    places_[observation.trial] = told_.size();
    told_.push_back(std::move(told));
}

std::vector<Point> History::pending(std::int64_t k) const {
    std::vector<Point> points;
    for (auto& [number, point] : pending_)
        if (number < k) points.push_back(point);
    return points;
}

History History::with_one_objective(const std::function<double(const Told&)>& cost) const {
    History one = *this;
    one.objectives_ = {Objective{}};
    for (Told& told : one.told_)
        if (!told.costs.empty()) told.costs = {cost(told)};
    return one;
}

}  // namespace tw
