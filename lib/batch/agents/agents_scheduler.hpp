// Publishes jobs as files that agents inside allocations claim. protocol/11-agents.md.
//
// Nobody is asked: what agents hold is seen in their folders, and who lives by their beats. Not thread safe.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "batch/agents/agent_pool.hpp"
#include "batch/agents/agents_options.hpp"
#include "batch/cluster/batch_ports.hpp"
#include "batch/scheduler.hpp"

namespace tw {

class AgentsScheduler final : public Scheduler {
public:
    AgentsScheduler(const BatchPorts& ports, const AgentsOptions& options);

    Status possible(const Resources& resources) const override;
    int room(const Resources& resources) const override;
    std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) override;
    void adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) override;
    Listing list() override;
    bool undecided() const override;
    void ended(const JobRef& job) override;
    void cancel(const std::vector<JobRef>& jobs, CancelHow how) override;
    void pump() override {}
    bool confirms_death() const override { return false; }  // each end says so itself
    bool evicts() const override { return true; }
    void dismiss() override;
    int slots() const override;

private:
    struct Entry {
        std::string agent;  // who holds it, as far as is known; "": in the queue, or nobody knows yet
        int missed = 0;     // looks in a row that did not show it
        bool left_in_order = false;  // when it was last seen to go, its agent lived
        bool abandoned = false;      // it lies with an agent that is silent, or left

        bool gone() const;
    };
    Result<std::string> publish_jobs(const JobRequest& request);
    void look();
    void take_look(const JobRef& job, Entry& entry);
    void send_cancels();
    bool send_cancel(const JobRef& job, CancelHow how);
    void tell_waiting();

    BatchPorts ports_;
    AgentsOptions options_;
    std::string nonce_;
    AgentPool pool_;
    std::map<JobRef, Entry> entries_;
    std::map<JobRef, JobPlace> places_;  // of the last look
    std::map<JobRef, CancelHow> to_cancel_;
    std::optional<Seconds> last_look_;
    bool whole_ = false;     // the last look was
    bool look_now_ = false;  // something is owed that a look must show first
    bool told_none_ = false;
    std::set<JobRef> told_large_;
};

}  // namespace tw
