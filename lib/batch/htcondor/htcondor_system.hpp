#pragma once

#include <map>
#include <set>

#include "batch/htcondor/condor_calls.hpp"
#include "batch/htcondor/describe.hpp"
#include "batch/htcondor/held_jobs.hpp"
#include "batch/htcondor/htcondor.hpp"
#include "batch/htcondor/htcondor_options.hpp"
#include "batch/htcondor/job_book.hpp"
#include "batch/htcondor/log_tail.hpp"
#include "batch/htcondor/queue_answer.hpp"

namespace tw {

class HtcondorSystem final : public BatchSystem {
public:
    HtcondorSystem(const BatchPorts& ports, const SystemSettings& settings, HtcondorOptions options);

    Status possible(const Resources& resources) const override;
    std::int64_t largest_array() const override { return 10000; }
    Result<std::string> submit(const JobGroup& group) override;
    Result<std::vector<JobReport>> look(const std::vector<KnownJob>& known) override;
    Result<std::vector<JobReport>> recall(const std::vector<KnownJob>& jobs) override;
    Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) override;
    Seconds look_interval() const override { return Seconds(0); }
    int slots() const override { return options_.slots; }
    std::optional<Result<Generated>> read_generated(const GeneratedFile& file) override;

private:
    Seconds now() const { return ports_.clock.monotonic(); }
    Describing describing() const;
    void make_log();
    Result<std::string> learn_answer(const JobGroup& group, const std::string& output);

    // The log.
    Status read_log();
    void tell_log_is_gone(const Error& error);

    // The queue, where the log does not do.
    Status consult_queue(const std::vector<KnownJob>& known);
    bool must_ask(const std::vector<KnownJob>& known);
    bool is_unsure(const JobTag& tag) const;
    bool log_is_missed() const;
    void take_queue(const std::vector<QueueEntry>& entries);

    void remove_started_ones(const std::vector<KnownJob>& known);
    std::optional<JobReport> report(const KnownJob& known) const;
    bool leaves_nothing_of_factories(const std::set<JobTag>& tags) const;
    void doom(const std::vector<JobTag>& tags);
    void forget_all_but(const std::vector<KnownJob>& known);

    BatchPorts ports_;
    SystemSettings settings_;
    HtcondorOptions options_;
    CondorCalls calls_;
    LogTail tail_;
    JobBook book_;
    HeldJobs held_;
    std::map<std::int64_t, Seconds> unseen_;  // clusters that were accepted, and are not in the log yet
    std::set<JobTag> asked_;                  // condor_q was asked for these
    std::set<JobTag> doomed_;                 // to be removed as soon as their cluster has made them
    std::optional<Seconds> last_query_, last_history_, last_look_;
    Seconds last_news_{0};
    bool log_gone_ = false;
    bool told_no_log_ = false;
};

}  // namespace tw
