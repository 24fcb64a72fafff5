// The pool of agents that experiment.json asks for, as it stands now.
#pragma once

#include <memory>

#include "app/desk.hpp"
#include "app/intake.hpp"
#include "batch/agents/elastic_pool.hpp"

namespace tw {

class PoolKeeper {
public:
    explicit PoolKeeper(Desk& desk) : desk_(desk) {}

    // As the newest revision says. An error says, with its pointer in experiment.json, why there is no
    // scheduler for it; what was there before stays.
    Status read_revision();

    // Once per poll, with the acts: `live` are the jobs that were handed over and have not ended.
    void tick(const std::vector<Intake::LiveTask>& live);

    void dismiss();
    bool undecided() const { return pool_ && pool_->undecided(); }

private:
    std::vector<AgentWork> work_of(const std::vector<Intake::LiveTask>& live) const;

    Desk& desk_;
    std::unique_ptr<ElasticPool> pool_;
    std::int64_t revision_ = 0;  // that was read
};

}  // namespace tw
