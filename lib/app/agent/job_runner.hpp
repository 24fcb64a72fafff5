// What runs an agent's jobs on its node.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "batch/local.hpp"
#include "records/agent_files.hpp"

namespace tw {

// What a job's wrapper is known by on its host.
struct StartedWrapper {
    std::string boot_id;
    ProcessId id;
    bool operator==(const StartedWrapper&) const = default;
};

class JobRunner {
public:
    virtual ~JobRunner() = default;

    virtual Status possible(const Resources& resources) const = 0;  // why it can never run here
    virtual int fits(const Resources& resources) const = 0;         // so many of them could start now
    virtual void start(const AgentJobName& job, const AgentJob& content) = 0;
    virtual void end(const JobRef& job, CancelHow how) = 0;

    // Jobs that are over since the last call: the wrapper left, or died and nothing of its session lives.
    // `thorough`: those that died are looked for, too, and what scripts left running is ended; a look at all
    // processes.
    virtual std::vector<JobRef> over(bool thorough) = 0;

    virtual int cpus() const = 0;

    // Of a job that was started and is not over; nothing: it could not be started.
    virtual std::optional<StartedWrapper> wrapper_of(const JobRef&) const { return std::nullopt; }

    // Goes on with what another runner of this host had started. It is over where nothing of it lives.
    virtual void adopt(const AgentJobName&, const StartedWrapper&) {}

    virtual std::vector<AgentHost> hosts() const { return {}; }  // empty: this one alone

    // Nobody can tell whether something of it lives, here or elsewhere: it is not over, and will not be
    // unless its host can be asked again.
    virtual bool lost(const JobRef&) const { return false; }
};

// When over() is to look thoroughly: too dear for each tick, and sooner where a job was killed.
class LookPace {
public:
    bool due(Seconds now, bool running, bool killed) {
        if (!running || now - last_ < (killed ? after_kill : interval)) return false;
        last_ = now;
        return true;
    }

private:
    static constexpr Seconds interval{10}, after_kill{1};
    Seconds last_{};
};

// As processes of this machine.
class LocalRunner final : public JobRunner {
public:
    LocalRunner(Processes& processes, const LocalOptions& options, std::string experiment_id);
    // Whose caller keeps the books: whatever it is told starts, on the CPUs that the content names.
    static std::unique_ptr<LocalRunner> without_books(Processes& processes, std::string experiment_id);

    Status possible(const Resources& resources) const override { return scheduler_.possible(resources); }
    int fits(const Resources& resources) const override { return scheduler_.fits(resources); }
    void start(const AgentJobName& job, const AgentJob& content) override;
    void end(const JobRef& job, CancelHow how) override { scheduler_.cancel({job}, how); }
    std::vector<JobRef> over(bool thorough) override;
    int cpus() const override { return scheduler_.slots(); }
    std::optional<StartedWrapper> wrapper_of(const JobRef& job) const override;
    void adopt(const AgentJobName& job, const StartedWrapper& wrapper) override;

private:
    HostIdentity self_;
    LocalScheduler scheduler_;
    bool keeps_books_ = true;
    std::set<JobRef> running_;
};

}  // namespace tw
