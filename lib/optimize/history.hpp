// What a learning sampler knows: trials as points of the unit cube, what they cost, and what is on its way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "optimize/sampler.hpp"
#include "optimize/unit.hpp"
#include "records/experiment.hpp"

namespace tw {

// By coordinate of the cube; NaN where the parameter is inactive.
using Point = std::vector<double>;

struct Told {
    std::string trial;
    std::int64_t k = -1;
    Point point;
    std::vector<double> costs;  // one per objective, less is better, finite; empty: the configuration failed
    bool replaced = false;      // the trial was tried again and told again: no more to be counted
    std::vector<double> excess = {};  // of those with costs: as it was observed
    double violation = 0;             // violation_of() it; more than 0: not feasible
};

// Append-only, so that a model can be brought up to date from where it was. Trials that say nothing of their
// configuration (killed, pruned without values, ended by the cluster) only cease to be pending.
class History {
public:
    History(UnitCube cube, std::vector<Objective> objectives);

    void proposed(std::int64_t k, const Params& params);
    void tell(const Observation& observation);

    const UnitCube& cube() const { return cube_; }
    const std::vector<Objective>& objectives() const { return objectives_; }
    const std::vector<Told>& told() const { return told_; }
    // Of those told and not replaced: the ones with costs, and the ones without.
    std::size_t complete() const { return complete_; }
    std::size_t failed() const { return failed_; }

    // Proposals below k that have not ended, in their order.
    std::vector<Point> pending(std::int64_t k) const;
    std::size_t pending_count() const { return pending_.size(); }

    Point point_of(const Params& params) const;

    // The same trials with one cost each.
    History with_one_objective(const std::function<double(const Told&)>& cost) const;

private:
    UnitCube cube_;
    std::vector<Objective> objectives_;
    std::vector<Told> told_;
    std::map<std::string, std::size_t> places_;  // by trial: its last in told_
    std::map<std::int64_t, Point> pending_;
    std::size_t complete_ = 0, failed_ = 0;
};

}  // namespace tw
