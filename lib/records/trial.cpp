#include "records/trial.hpp"

#include <cstdlib>

namespace tw {

Task* StageRun::find_task(std::int64_t number) {
    return const_cast<Task*>(static_cast<const StageRun*>(this)->find_task(number));
}

// Single-task stages have no list, so their one task answers to 0.
const Task* StageRun::find_task(std::int64_t number) const {
    bool array = frozen;
    std::int64_t index = array ? number - 1 : number;
    if (index < 0 || index >= static_cast<std::int64_t>(tasks.size())) return nullptr;
    return &tasks[static_cast<std::size_t>(index)];
}

StageRun* Trial::find_stage(std::string_view name) {
    return const_cast<StageRun*>(static_cast<const Trial*>(this)->find_stage(name));
}

const StageRun* Trial::find_stage(std::string_view name) const {
    for (auto& stage : stages)
        if (stage.name == name) return &stage;
    return nullptr;
}

bool is_ended(TrialState state) {
    switch (state) {
        case TrialState::waiting:
        case TrialState::running:
        case TrialState::stopping:
        case TrialState::closing: return false;
        case TrialState::complete:
        case TrialState::pruned:
        case TrialState::failed:
        case TrialState::killed: return true;
    }
    std::abort();
}

std::string_view to_string(TrialState state) {
    switch (state) {
        case TrialState::waiting: return "waiting";
        case TrialState::running: return "running";
        case TrialState::stopping: return "stopping";
        case TrialState::closing: return "closing";
        case TrialState::complete: return "complete";
        case TrialState::pruned: return "pruned";
        case TrialState::failed: return "failed";
        case TrialState::killed: return "killed";
    }
    std::abort();
}

std::string_view to_string(TaskState state) {
    switch (state) {
        case TaskState::ready: return "ready";
        case TaskState::submitted: return "submitted";
        case TaskState::running: return "running";
        case TaskState::backoff: return "backoff";
        case TaskState::done: return "done";
        case TaskState::failed: return "failed";
        case TaskState::cancelled: return "cancelled";
    }
    std::abort();
}

std::string_view to_string(StageState state) {
    switch (state) {
        case StageState::blocked: return "blocked";
        case StageState::open: return "open";
        case StageState::done: return "done";
        case StageState::failed: return "failed";
        case StageState::skipped: return "skipped";
    }
    std::abort();
}

std::optional<TrialState> trial_state_from(std::string_view text) {
    for (int i = 0; i < trial_states; ++i)
        if (to_string(static_cast<TrialState>(i)) == text) return static_cast<TrialState>(i);
    return std::nullopt;
}

TrialState ended_as(EndState state) {
    switch (state) {
        case EndState::complete: return TrialState::complete;
        case EndState::pruned: return TrialState::pruned;
        case EndState::failed: return TrialState::failed;
        case EndState::killed: return TrialState::killed;
    }
    std::abort();
}

}  // namespace tw
