// A batch system behind command templates. Private to command/.
#pragma once

#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"
#include "batch/cluster/task_ranges.hpp"
#include "batch/command/options.hpp"

namespace tw::command {

class System final : public BatchSystem {
public:
    System(const BatchPorts& ports, const SystemSettings& settings, Options options);

    Status possible(const Resources& resources) const override;
    std::int64_t largest_array() const override { return options_.array ? 1000 : 1; }
    Result<std::string> submit(const JobGroup& group) override;
    Result<std::vector<JobReport>> look(const std::vector<KnownJob>& known) override;
    Result<std::vector<JobReport>> recall(const std::vector<KnownJob>& jobs) override;
    Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) override;
    Seconds look_interval() const override { return settings_.poll; }

private:
    Result<CommandResult> run(const std::vector<std::string>& words, const std::string& input = {},
                              bool filtered = false);
    Result<std::string> submit_range(const JobGroup& group, const std::string& array);
    Values values_of(const JobGroup& group, const std::string& array) const;
    std::string script_of(const JobGroup& group) const;
    Error refused(const std::string& program, const CommandResult& result) const;
    Result<std::vector<JobReport>> read_jobs(const std::string& output,
                                             const std::vector<KnownJob>& known) const;
    Result<std::vector<JobReport>> ask(const CommandWords& command, const std::vector<KnownJob>& known);
    JobReport report_of(const std::map<std::string, std::string>& line) const;
    std::string element_of(const std::string& id, std::int64_t index) const;
    Status tell(const CommandWords& command, const std::vector<JobReport>& jobs);

    BatchPorts ports_;
    SystemSettings settings_;
    Options options_;
    std::vector<std::string> environment_;
};

}  // namespace tw::command
