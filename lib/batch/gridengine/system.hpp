// Grid Engine as a BatchSystem. Private to gridengine/.
#pragma once

#include <map>
#include <set>

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"
#include "batch/gridengine/answers.hpp"
#include "batch/gridengine/options.hpp"

namespace tw::gridengine {

class System final : public BatchSystem {
public:
    System(const BatchPorts& ports, const SystemSettings& settings, const Options& options);

    void count_slots();  // asks the cluster; it need not answer

    Status possible(const Resources& resources) const override;
    std::int64_t largest_array() const override { return 75000; }  // max_aj_tasks as Grid Engine comes
    Result<std::string> submit(const JobGroup& group) override;
    Result<std::vector<JobReport>> look(const std::vector<KnownJob>& known) override;
    Result<std::vector<JobReport>> recall(const std::vector<KnownJob>& jobs) override;
    Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) override;
    Seconds look_interval() const override { return settings_.poll; }
    int slots() const override { return slots_ > 0 ? slots_ : BatchSystem::slots(); }

private:
    using Tasks = std::vector<QueuedTask>;

    Result<CommandResult> run(const std::string& program, std::vector<std::string> words,
                              const std::string& input = {});
    Result<Tasks> qstat();
    Result<std::string> qacct(const std::string& pattern);
    Status apply(const std::string& program, std::vector<std::string> words, const Tasks& tasks);
    void forget_silent_hosts(const Tasks& tasks);
    std::map<std::string, JobReport> settle_errors(const Tasks& broken);
    void learn_reasons(const Tasks& broken);
    std::string reason(const QueuedTask& task) const;
    void clear_errors(const Tasks& tasks, std::map<std::string, JobReport>& reports);
    void remove_broken(const Tasks& tasks, std::map<std::string, JobReport>& reports);

    BatchPorts ports_;
    SystemSettings settings_;
    Options options_;
    std::string user_;
    std::vector<std::string> environment_;
    int slots_ = 0;                               // 0: unknown
    std::map<std::string, std::string> reasons_;  // of error states, by QueuedTask::id()
    std::map<std::string, int> cleared_;          // how often, likewise
};

}  // namespace tw::gridengine
