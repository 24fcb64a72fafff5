#include "batch/agents/pool_plan.hpp"

#include <algorithm>
#include <cmath>

#include "batch/local_slots.hpp"
#include "records/agent_files.hpp"

namespace tw {

int runs_at_once(const AgentWork& work, const Resources& agent) {
    const Resources& needs = work.needs;
    if (needs.nodes > 1) return 0;
    if (needs.time && agent.time && *needs.time + work.grace + agent_slack >= *agent.time) return 0;
    SlotShare share = Slots::share_of(needs);
    std::int64_t runs = agent.cpus / share.cpus;
    if (agent.memory > 0 && share.memory > 0) runs = std::min(runs, agent.memory / share.memory);
    if (share.gpus > 0) {
        std::int64_t parts = std::int64_t{agent.gpus} * (1000 / share.gpu_share);
        runs = std::min(runs, parts / share.gpus);
    }
    return static_cast<int>(runs);
}

int agents_for(const std::vector<AgentWork>& work, const Resources& agent) {
    double sum = 0;
    for (const AgentWork& job : work)
        if (int runs = runs_at_once(job, agent); runs > 0) sum += 1.0 / runs;
    constexpr double rounding = 1e-6;  // ten tenths are one
    return static_cast<int>(std::ceil(std::max(0.0, sum - rounding)));
}

PoolPlan plan_pool(int needed, const PoolCensus& census, const PoolSpec& spec) {
    int wanted = std::clamp(needed, spec.min, spec.max);
    int there = census.waiting + census.begun;
    PoolPlan plan;
    plan.submit = std::max(0, std::min(wanted - there, spec.max - there - census.withdrawn));
    plan.surplus = std::clamp(there - wanted, 0, census.waiting);
    return plan;
}

}  // namespace tw
