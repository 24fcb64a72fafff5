// The helper of an agent of several hosts on one of them: starts and ends jobs there as it is told. The books
// are the agent's.
#pragma once

#include <map>
#include <set>

#include "app/agent/host_words.hpp"
#include "app/agent/job_runner.hpp"
#include "ports/clock.hpp"
#include "ports/conversation.hpp"
#include "ports/marked.hpp"

namespace tw {

class HostHelper {
public:
    // `jobs` keeps no books.
    HostHelper(Conversation& agent, JobRunner& jobs, MarkedProcesses& marked, Clock& clock)
        : agent_(agent), jobs_(jobs), marked_(marked), clock_(clock) {}

    void greet(const HostSize& size);
    void tick();

    // The agent is gone, and nothing is left to be looked after: jobs outlive an agent that dies, and post as
    // ever.
    bool over() const { return agent_.over() && running_.empty(); }
    bool sweeps() const { return !sweeping_.empty(); }  // to be called again soon

private:
    void obey(const HostOrder& order);
    void say_begun(const JobRef& job);
    void settle_over();
    void sweep();

    Conversation& agent_;
    JobRunner& jobs_;
    MarkedProcesses& marked_;
    Clock& clock_;
    std::map<JobRef, bool> running_;  // whether it was killed
    std::set<std::string> sweeping_;
    LookPace looks_;
};

}  // namespace tw
