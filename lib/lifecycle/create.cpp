#include "lifecycle/stages.hpp"
#include "lifecycle/step.hpp"

namespace tw {

std::vector<const Stage*> stages_of(const Experiment& experiment, const TrialId& id) {
    Once wanted = id == "@before" ? Once::before : id == "@after" ? Once::after : Once::no;
    std::vector<const Stage*> stages;
    for (auto& stage : experiment.stages)
        if (stage.once == wanted) stages.push_back(&stage);
    return stages;
}

Trial create_trial(const Event& event, const Experiment& experiment) {
    const Trial identity = event.state.value_or(Trial{});
    Trial trial;
    trial.id = event.trial;
    trial.incarnation = identity.incarnation;
    trial.revision = identity.revision;
    trial.inode = identity.inode;
    trial.config_hash = identity.config_hash;
    trial.run = identity.run;
    trial.k = identity.k;
    trial.created = event.at;
    for (auto* stage : stages_of(experiment, trial.id)) {
        StageRun run;
        run.name = stage->name;
        trial.stages.push_back(run);
    }
    settle_stages(trial, experiment, event.at);
    return trial;
}

}  // namespace tw
