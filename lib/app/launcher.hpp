// From a task's name to what the backend is to start: command, environment, files.
#pragma once

#include <map>
#include <string>

#include "batch/scheduler.hpp"
#include "batch/submit_description.hpp"
#include "lifecycle/ledger.hpp"
#include "lifecycle/owed.hpp"
#include "ports/filesystem.hpp"

namespace tw {

// An array task of a generated submit file, as one line of the frozen list; and back.
std::string write_submit_item(const SubmitItem& item);
Result<SubmitItem> read_submit_item(const std::string& line);

class Launcher {
public:
    // `trialctl`: its absolute path, given to jobs as TRIALCTL.
    Launcher(FileSystem& fs, std::string experiment_id, std::string trialctl)
        : fs_(fs), experiment_id_(std::move(experiment_id)), trialctl_(std::move(trialctl)) {}

    // Puts the wrapper of this version into .trialwatch/bin.
    Status install_wrapper(const std::string& nonce);

    // Makes what must be there before jobs of one stage: gate, logs/, checkpoint/. Removes what must not: the
    // marker that an earlier attempt left would make this one's exit 0 look like a success. Idempotent.
    Status prepare(const Trial& trial, const Revision& revision, const std::vector<TaskLaunch>& tasks);

    // The config must still be readable; the error names what is wrong with it.
    Result<JobRequest> request(const Trial& trial, const Revision& revision, const TaskName& name);

    // Where an array task's or a stage's marker is, relative to the trial; "" without one.
    static std::string done_path(const Stage& stage, const StageRun& run, std::int64_t task);

    void forget(const TrialId& id) { configs_.erase(id); }

    // For a trial that is not there: request() then looks at no file.
    void assume(const TrialId& id, Config config) { configs_[id] = std::move(config); }

private:
    struct Job;  // what request() works on
    Result<const Config*> config_of(const TrialId& id);
    std::vector<std::string> command_of(const Job& job) const;
    std::string checkpoint_of(const TrialId& parent) const;
    std::vector<std::string> environment_of(const Job& job) const;
    void apply_submit_item(const Job& job, TaskLaunch& launch, std::vector<std::string>& command) const;

    FileSystem& fs_;
    std::string experiment_id_;
    std::string trialctl_;
    std::map<TrialId, Config> configs_;
};

}  // namespace tw
