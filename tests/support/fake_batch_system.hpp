// A batch system that notes what it is asked for and answers as a test says.
#pragma once

#include <functional>
#include <vector>

#include "batch/cluster/batch_system.hpp"

namespace tw::support {

// Outlives the systems, as a cluster outlives watchers.
struct FakeBatchState {
    std::vector<JobGroup> submitted;
    std::vector<std::pair<JobTag, CancelHow>> cancelled;
    int cancels = 0, looks = 0, recalls = 0;
    std::vector<JobReport> jobs, ends;  // the next look, the next recall
    std::optional<Error> refusal, away;  // of submissions, of everything
    Seconds interval{60};
    bool confirms_death = false;
    std::int64_t largest_array = 1000;
    std::function<void()> on_submit;
};

class FakeBatchSystem final : public BatchSystem {
public:
    explicit FakeBatchSystem(FakeBatchState& state) : state_(state) {}

    Status possible(const Resources&) const override { return {}; }
    std::int64_t largest_array() const override { return state_.largest_array; }
    Result<std::string> submit(const JobGroup& group) override {
        state_.submitted.push_back(group);
        if (state_.on_submit) state_.on_submit();
        if (state_.away) return fail(*state_.away);
        if (state_.refusal) return fail(*state_.refusal);
        for (auto index : group.indexes)
            state_.jobs.push_back({{group.token, index}, "7", JobState::queued, "", "", {}});
        return "7";
    }
    Result<std::vector<JobReport>> look(const std::vector<KnownJob>&) override {
        ++state_.looks;
        if (state_.away) return fail(*state_.away);
        return state_.jobs;
    }
    Result<std::vector<JobReport>> recall(const std::vector<KnownJob>&) override {
        ++state_.recalls;
        return state_.ends;
    }
    Status cancel(const std::vector<KnownJob>& jobs, CancelHow how) override {
        ++state_.cancels;
        if (state_.away) return fail(*state_.away);
        for (auto& job : jobs) state_.cancelled.emplace_back(job.tag, how);
        return {};
    }
    bool confirms_death() const override { return state_.confirms_death; }
    Seconds look_interval() const override { return state_.interval; }

private:
    FakeBatchState& state_;
};

}  // namespace tw::support
