// A backend that does nothing by itself: it notes what it is asked for, and lists what the test says.
#pragma once

#include <functional>
#include <map>

#include "batch/scheduler.hpp"

namespace tw::support {

// Outlives the schedulers, as jobs outlive watchers.
struct FakeBackend {
    std::vector<JobRequest> submitted;  // oldest first, refused ones included
    std::vector<std::pair<JobRef, CancelHow>> cancelled;
    std::vector<JobRef> adopted, ended;
    std::map<JobRef, JobState> jobs;  // the next listing
    std::map<JobRef, JobEnd> ends;    // what it tells of those that are not in it
    bool complete = true;             // the listing
    std::int64_t block = 1;
    bool as_it_stands = false;        // wants generated submit files
    bool confirms_death = true;
    bool evicts = false;
    std::optional<Error> refusal;     // the answer to every submission
    int places = 1000;
    std::string host;                                  // "": many
    std::function<void(const JobRequest&)> on_submit;  // before anything else
    std::function<void()> on_list;                     // after the listing was made

    std::vector<JobRef> refs() const {
        std::vector<JobRef> refs;
        for (auto& request : submitted)
            for (auto& task : request.tasks) refs.push_back({request.trial, task.key});
        return refs;
    }
};

class FakeScheduler final : public Scheduler {
public:
    explicit FakeScheduler(FakeBackend& backend) : backend_(backend) {}

    Status possible(const Resources&) const override { return {}; }
    int room(const Resources&) const override {
        return backend_.places - static_cast<int>(backend_.jobs.size());
    }
    std::vector<Result<std::string>> submit(const std::vector<JobRequest>& requests) override {
        std::vector<Result<std::string>> answers;
        for (auto& request : requests) answers.push_back(take(request));
        return answers;
    }
    void adopt(const JobRef& job, const std::optional<Claim>&, const Resources&) override {
        backend_.adopted.push_back(job);
    }
    Listing list() override {
        Listing listing{backend_.complete, {}, backend_.ends};
        for (auto& [job, state] : backend_.jobs) listing.jobs.push_back({job, state, "node1", ""});
        if (backend_.on_list) backend_.on_list();
        return listing;
    }
    std::int64_t block() const override { return backend_.block; }
    Result<Generated> read_generated(FileSystem& fs, const GeneratedFile& file) override {
        auto read = Scheduler::read_generated(fs, file);
        if (read) read->as_it_stands = backend_.as_it_stands;
        return read;
    }
    void ended(const JobRef& job) override { backend_.ended.push_back(job); }
    void cancel(const std::vector<JobRef>& jobs, CancelHow how) override {
        for (auto& job : jobs) backend_.cancelled.emplace_back(job, how);
    }
    void pump() override {}
    bool confirms_death() const override { return backend_.confirms_death; }
    bool evicts() const override { return backend_.evicts; }
    std::string host() const override { return backend_.host; }
    int slots() const override { return backend_.places; }

private:
    Result<std::string> take(const JobRequest& request) {
        if (backend_.on_submit) backend_.on_submit(request);
        backend_.submitted.push_back(request);
        if (backend_.refusal) return fail(*backend_.refusal);
        for (auto& task : request.tasks) backend_.jobs[{request.trial, task.key}] = JobState::queued;
        return request.token;
    }

    FakeBackend& backend_;
};

}  // namespace tw::support
