// Runs Slurm's commands.
#pragma once

#include <set>

#include "batch/cluster/batch_ports.hpp"
#include "batch/cluster/batch_system.hpp"
#include "batch/cluster/system_settings.hpp"
#include "batch/slurm/options.hpp"
#include "batch/slurm/site.hpp"
#include "batch/slurm/squeue.hpp"

namespace tw::slurm {

class SlurmSystem final : public BatchSystem {
public:
    // Asks the site what it has. `options` are those of `settings`.
    SlurmSystem(const BatchPorts& ports, const SystemSettings& settings, Options options);

    Status possible(const Resources& resources) const override;
    std::int64_t largest_array() const override { return site_.array; }
    Result<std::string> submit(const JobGroup& group) override;
    Result<std::vector<JobReport>> look(const std::vector<KnownJob>& known) override;
    Result<std::vector<JobReport>> recall(const std::vector<KnownJob>& jobs) override;
    Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) override;
    Seconds look_interval() const override { return settings_.poll; }
    int slots() const override;
    std::optional<Result<Generated>> read_generated(const GeneratedFile& file) override;

private:
    void ask_site();
    std::vector<std::string> submit_environment() const;
    std::vector<std::string> query_environment() const;
    Result<CommandResult> run(std::vector<std::string> argv) const;
    Result<std::string> output_of(std::vector<std::string> argv) const;
    Result<std::vector<Found>> find(const std::vector<KnownJob>& known) const;
    Status cancel_once(const std::vector<KnownJob>& jobs, CancelHow how) const;
    Status scancel(const std::vector<std::string>& how, const std::vector<Found>& jobs) const;
    void confirm(std::vector<Found>& found) const;
    Result<std::vector<Found>> ask_sacct(const std::vector<KnownJob>& jobs);
    Result<std::vector<Found>> ask_jobcomp(const std::vector<KnownJob>& jobs) const;

    BatchPorts ports_;
    SystemSettings settings_;
    Options options_;
    Site site_;
    std::uint32_t uid_;
    bool accounts_ = true;  // as long as sacct has not said that there are none
};

}  // namespace tw::slurm
