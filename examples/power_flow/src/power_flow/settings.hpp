// What a trial's config.json says.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace power_flow {

struct Settings {
    // The search space: see experiment.json.
    double lr = 1e-3;
    std::string schedule = "constant";  // or "cosine": down to 0 at the last epoch
    int layers = 2;
    int width = 32;
    std::string activation = "relu";
    int batch = 32;
    double weight_decay = 1e-4;
    std::string optimizer = "adam";
    double momentum = 0;

    // The problem, the same for all trials.
    std::string case_file = "case14.m";  // "case"; relative to the experiment
    int epochs = 81;
    int train_scenarios = 1024;
    int flow_tasks = 8;
    int scenarios_per_task = 16;
    double load_spread = 0.5;
    std::uint64_t scenario_seed = 1;

    // The score.
    double error_weight = 1, iterations_weight = 1, failure_weight = 10;
};

// Missing keys keep the values above, unknown ones are left alone; throws std::runtime_error
// naming a key whose value cannot be used.
Settings settings_from(const nlohmann::json& config);

// From $TRIAL_CONFIG, or config.json in the working directory.
Settings trial_settings();

// The case of these settings, looked for in $TRIAL_EXPERIMENT (or two directories up).
std::string case_path(const Settings& settings);

}  // namespace power_flow
