// A node whose jobs run and end as a test says.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "app/agent/job_runner.hpp"

namespace tw::support {

class FakeRunner final : public JobRunner {
public:
    explicit FakeRunner(int cpus) : cpus_(cpus), slots_(cpus, std::int64_t{8} << 30, {}) {}

    Status possible(const Resources& resources) const override { return slots_.possible(resources); }
    int fits(const Resources& resources) const override {
        return possible(resources) ? slots_.fits(resources) : 0;
    }
    void start(const AgentJobName& job, const AgentJob& content) override {
        JobRef ref{job.trial, job.key};
        started.push_back(ref);
        contents[ref] = content;
        (void)slots_.take(job.resources, running[ref]);
    }
    void end(const JobRef& job, CancelHow how) override {
        if (!running.contains(job)) return;
        told.push_back({job, how});
        if (how == CancelHow::kill || obedient) finish(job);
    }
    std::vector<JobRef> over(bool) override { return std::exchange(over_, {}); }
    int cpus() const override { return cpus_; }
    std::vector<AgentHost> hosts() const override { return covers; }
    bool lost(const JobRef& job) const override { return lost_jobs.contains(job); }

    void finish(const JobRef& job) {
        slots_.give_back(running[job]);
        running.erase(job);
        over_.push_back(job);
    }

    std::vector<JobRef> started;
    std::map<JobRef, AgentJob> contents;
    std::map<JobRef, SlotShare> running;
    std::vector<std::pair<JobRef, CancelHow>> told;
    std::vector<AgentHost> covers;
    std::set<JobRef> lost_jobs;
    bool obedient = true;  // jobs end when they are told to

private:
    int cpus_;
    Slots slots_;
    std::vector<JobRef> over_;
};

}  // namespace tw::support
