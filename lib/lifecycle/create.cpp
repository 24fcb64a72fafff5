#include "lifecycle/step.hpp"
#include "lifecycle/stages.hpp"

namespace tw {

std::vector<const Stage*> stages_of(const Experiment& experiment, const TrialId& id) {
    Once wanted = id == "@before" ? Once::before : id == "@after" ? Once::after : Once::no;
    std::vector<const Stage*> stages;
    for (auto& stage : experiment.stages)
        if (stage.once == wanted) stages.push_back(&stage);
    return stages;
}

Trial create_trial(const Event& event, const Experiment& experiment) {
    Trial trial = event.state.value_or(Trial{});
    trial.id = event.trial;
    trial.created = event.at;
    trial.state = TrialState::waiting;
    trial.stages.clear();
    for (auto* stage : stages_of(experiment, trial.id)) {
        StageRun run;
        run.name = stage->name;
        trial.stages.push_back(run);
    }
    settle_stages(trial, experiment, event.at);
    return trial;
}

}  // namespace tw
