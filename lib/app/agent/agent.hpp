// The agent: claims jobs from files and runs them on its node until its time is over. protocol/11-agents.md.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/agent/job_runner.hpp"
#include "app/agent/learned.hpp"
#include "app/agent/queue_walk.hpp"
#include "app/ports.hpp"
#include "records/agent_files.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/pool.hpp"
#include "trialdir/spool.hpp"

namespace tw {

struct AgentOptions {
    Seconds poll{1};
    Seconds beat{10};
    Seconds slack = agent_slack;
    Seconds idle{600};            // without work it leaves after so long; 0: never
    std::optional<Instant> ends;  // of its allocation, by this host's clock
    int parallel_runs = 0;        // at most so many at once; 0: as many as fit
    std::int64_t total_runs = 0;  // then it leaves; 0: no such end
    Seconds stagger{0};           // between two starts
    std::string allocation;       // for people
    std::int64_t memory = 0;      // of the node, as the runner was given them
    int gpus = 0;
    std::int64_t pool = 0;  // its number among those that the watcher submitted; 0: it is none of them
    int pool_least = 0;     // so many of them stay without work
};

class Agent final : Claimant {
public:
    // Makes its folder. The runner is the agent's alone.
    static Result<std::unique_ptr<Agent>> start(Ports ports, AgentOptions options, JobRunner& runner);

    // Until its time is over, nothing was to be done for long, it was drained, or asked to end. Exit status.
    int run();

    void tick();
    bool over() const { return leaving_ && !has_work(); }
    const std::string& id() const { return folder_.id(); }

private:
    struct Job {
        AgentJobName name;
        Seconds silence{};
        Seconds started{};
        std::optional<Seconds> told;  // when TERM was sent to it by our own decision
        bool killed = false;
        bool taken_back = false;  // its file is gone: it is the watcher's again
    };

    Agent(Ports ports, AgentOptions options, JobRunner& runner, AgentFolder folder);

    void stay_alive();
    void fence(Seconds quiet);
    void come_back();
    void read_folder();
    void obey(const AgentNote& order);
    void settle_over();
    void look_at_time();
    void take_interrupts();
    void take_place();
    bool stays_without_work() const;
    void leave_because(const std::string& why);
    void evict(Job& job);
    void end_all(bool now);
    bool may_claim() const override;
    bool suits(const AgentJobName& job) const override;
    bool has_room_for(const AgentJobName& job) const override;
    bool claim(const AgentJobName& job) override;
    bool has_time_for(const AgentJobName& job) const;
    bool has_work() const;
    bool start(const AgentJobName& job);
    bool give_up(const AgentJobName& job, bool for_others);
    Seconds pause_length() const;
    Seconds now() const { return ports_.clock.monotonic(); }

    Ports ports_;
    AgentOptions options_;
    JobRunner& runner_;
    AgentFolder folder_;
    std::optional<PoolPlace> place_;
    Spool spool_;
    std::map<JobRef, Job> jobs_;
    LookPace looks_;
    Learned learned_;
    std::optional<Seconds> deadline_;  // monotonic
    Seconds last_beat_{}, last_folder_{}, last_busy_{}, last_start_{};
    QueueWalk queue_;
    std::int64_t runs_ = 0;
    bool leaving_ = false;
};

}  // namespace tw
