// A Scheduler on top of any BatchSystem: who is known and since when one is missing, how often the system is asked,
// what happens while it does not answer. Not thread safe.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/cluster_options.hpp"
#include "batch/cluster/pace.hpp"
#include "batch/cluster/roster.hpp"

namespace tw {

class ClusterScheduler final : public Scheduler {
public:
    // `name`: the backend's type, for messages.
    ClusterScheduler(std::string name, const BatchPorts& ports, const ClusterOptions& options,
                     std::unique_ptr<BatchSystem> system);

    Status possible(const Resources& resources) const override { return system_->possible(resources); }
    int room(const Resources& resources) const override;
    int requests() const override;
    std::int64_t block() const override;
    std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) override;
    void adopt(const JobRef& job, const std::optional<Claim>& claim, const Resources& resources) override;
    Listing list() override;
    bool undecided() const override { return roster_.undecided(now()); }
    void ended(const JobRef& job) override;
    void cancel(const std::vector<JobRef>& jobs, CancelHow how) override;
    void pump() override;
    bool confirms_death() const override { return system_->confirms_death(); }
    int slots() const override { return std::min(system_->slots(), options_.max_queued); }
    Result<Generated> read_generated(FileSystem& fs, const GeneratedFile& file) override;

private:
    Seconds now() const { return ports_.clock.monotonic(); }
    Result<JobGroup> make_group(const JobRequest& request);
    Result<std::string> hand_over(const JobRequest& request);
    void judge_refusal(const Error& error);
    bool look_due() const;
    void look();
    void recall_missing();
    void tell_held();
    void send_cancels();
    void went_away(const Error& error);
    void came_back();

    std::string name_;
    BatchPorts ports_;
    ClusterOptions options_;
    std::unique_ptr<BatchSystem> system_;
    Roster roster_;
    std::set<JobRef> not_yet_;  // to be handed over again: there was no time for them
    CallBudget budget_;
    Backoff away_{Seconds(5), Seconds(60)};       // a look failed: nothing is submitted until one works
    Backoff refusing_{Seconds(5), Seconds(60)};   // a submission was not answered; a log can be read all the same
    Backoff crowded_{Seconds(30), Seconds(600)};  // it has too many jobs: submitting waits, looking does not
    Backoff stubborn_{Seconds(2), Seconds(60)};   // it did not take a cancel, for whatever reason
    std::map<JobTag, std::pair<KnownJob, CancelHow>> to_cancel_;
    std::optional<Seconds> last_look_;
    bool looked_ = false;    // and nobody was asked yet about who is missing
    bool look_now_ = false;  // adopted jobs, or a submission without an answer: nothing is known of them
};

}  // namespace tw
