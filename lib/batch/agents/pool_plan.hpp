// How many agents are wanted. Pure.
#pragma once

#include <vector>

#include "base/time.hpp"
#include "records/experiment.hpp"

namespace tw {

// One job that waits for an agent, or runs on one.
struct AgentWork {
    Resources needs;
    Seconds grace{30};
};

// So many runs like this fit on an agent of this size at once. 0: none ever, also where its time is too
// short.
int runs_at_once(const AgentWork& work, const Resources& agent);

// Agents that all of this keeps busy at once. What fits on none is left out.
int agents_for(const std::vector<AgentWork>& work, const Resources& agent);

struct PoolCensus {
    int waiting = 0;  // submitted, and not begun
    int begun = 0;
    int withdrawn = 0;  // taken back, and not seen to be gone
};

struct PoolPlan {
    int submit = 0;   // so many are missing
    int surplus = 0;  // so many of those that wait are not needed
};

// `needed`: of agents_for(). With those that were taken back there are never more than `max`.
PoolPlan plan_pool(int needed, const PoolCensus& census, const PoolSpec& spec);

}  // namespace tw
