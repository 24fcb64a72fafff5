// A runner whose jobs each have a TMPDIR of their own, which goes when they are over.
#pragma once

#include <map>

#include "app/agent/job_runner.hpp"
#include "ports/log.hpp"
#include "ports/scratch.hpp"

namespace tw {

class ScratchRunner final : public JobRunner {
public:
    // All must outlive it. The jobs of `runner` run on the host of `scratch`.
    ScratchRunner(JobRunner& runner, Scratch& scratch, Log& log)
        : runner_(runner), scratch_(scratch), log_(log) {}

    Status possible(const Resources& resources) const override { return runner_.possible(resources); }
    int fits(const Resources& resources) const override { return runner_.fits(resources); }
    void start(const AgentJobName& job, const AgentJob& content) override;
    void end(const JobRef& job, CancelHow how) override { runner_.end(job, how); }
    std::vector<JobRef> over(bool thorough) override;
    int cpus() const override { return runner_.cpus(); }
    std::optional<StartedWrapper> wrapper_of(const JobRef& job) const override {
        return runner_.wrapper_of(job);
    }
    void adopt(const AgentJobName& job, const StartedWrapper& wrapper) override {
        runner_.adopt(job, wrapper);
    }

private:
    JobRunner& runner_;
    Scratch& scratch_;
    Log& log_;
    std::map<JobRef, std::string> directories_;
};

}  // namespace tw
