// Runs an agent's jobs on several hosts of one allocation. protocol/11-agents.md, "Several hosts".
//
// On each of the other hosts runs one helper, which a template starts: it starts wrappers there as leaders of
// sessions, and says when nothing of one lives, as the agent itself knows of its own host's. The wrapper of a
// job of several hosts runs beside the agent, and finds in TRIAL_MPIEXEC what starts its ranks.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "app/agent/job_runner.hpp"
#include "app/agent/reach_hosts.hpp"
#include "app/ports.hpp"
#include "ports/conversation.hpp"
#include "ports/marked.hpp"

namespace tw {

class WideRunner final : public JobRunner {
public:
    // Starts the helpers and waits for them. `own` runs what runs here, and keeps no books. All must outlive
    // it. A host whose helper does not answer is left out with a warning; Code::io where none is left.
    static Result<std::unique_ptr<WideRunner>> start(Ports ports, Conversations& conversations,
                                                     MarkedProcesses& marked, JobRunner& own,
                                                     WideOptions options, LaunchTemplates templates,
                                                     const std::string& experiment_id);

    Status possible(const Resources& resources) const override { return book_.possible(resources); }
    int fits(const Resources& resources) const override { return book_.fits(resources); }
    void start(const AgentJobName& job, const AgentJob& content) override;
    void end(const JobRef& job, CancelHow how) override;
    std::vector<JobRef> over(bool thorough) override;
    int cpus() const override { return book_.cpus(); }
    std::vector<AgentHost> hosts() const override;
    bool lost(const JobRef& job) const override;

private:
    struct Job {
        AgentJobName name;
        std::vector<HostShare> shares;
        std::string agent;               // the id under which it was started
        std::set<std::size_t> sweeping;  // hosts that may still have ranks of it
        // Of one that a helper runs:
        std::optional<StartedWrapper> wrapper;
        std::optional<CancelHow> ended;  // how it was told to end, if it was
        bool unsure = false;             // nobody can tell whether it began
    };

    WideRunner(Ports ports, MarkedProcesses& marked, JobRunner& own, WideOptions options,
               LaunchTemplates templates, ReachedHosts hosts);

    bool is_own(const Job& job) const;
    void settle(const Job& job, AgentJob& content) const;
    Status open_ranks(const Job& job, AgentJob& content);
    void hear();
    void take_word(std::size_t host, const HostWord& word);
    void wrapper_left(const JobRef& ref);
    void sweep_own();
    void finish(const JobRef& ref);
    void tell_to_start(const Job& job, const AgentJob& content);
    void tell_to_end(const Job& job);
    void tell_to_sweep(const Job& job, std::size_t host);
    void come_back(std::size_t host);

    Ports ports_;
    MarkedProcesses& marked_;
    WideOptions options_;
    LaunchTemplates templates_;
    HostBook book_;
    std::vector<std::unique_ptr<HostLink>> links_;  // as in the book; none to the agent's own host
    JobRunner& own_;
    std::map<JobRef, Job> jobs_;
    std::vector<JobRef> over_;
};

}  // namespace tw
