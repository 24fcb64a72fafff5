#include "power_flow/score.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "power_flow/files.hpp"
#include "power_flow/flow_task.hpp"

namespace power_flow {

void add_answer(Tally& tally, const nlohmann::json& answer) {
    Tally next = tally;
    for (const auto& scenario : answer.at("scenarios")) {
        const double flat = scenario.at("flat_iterations"), warm = scenario.at("warm_iterations");
        const double error = scenario.at("voltage_error");
        const bool converged = scenario.at("converged");
        ++next.scenarios;
        ++next.solved;
        next.failures += converged ? 0 : 1;
        next.squared_error += error * error;
        next.flat_iterations += flat;
        next.warm_iterations += converged ? warm : warm + flat;
    }
    tally = next;
}

Tally collect_answers(const Settings& settings, const std::string& trial) {
    Tally tally;
    for (int task = 1; task <= settings.flow_tasks; ++task) {
        const std::string answer = result_path(trial + "/flows/" + std::to_string(task) + ".json");
        if (exists(answer)) {
            add_answer(tally, read_json(answer));
            continue;
        }
        ++tally.missing_tasks;
        tally.scenarios += settings.scenarios_per_task;
        tally.failures += settings.scenarios_per_task;
    }
    return tally;
}

nlohmann::json result_of(const Tally& tally, const Settings& settings) {
    if (tally.solved == 0) throw std::runtime_error("no flow task has left a result");
    const double error = 100 * std::sqrt(tally.squared_error / tally.solved);
    const double ratio = tally.warm_iterations / std::max(tally.flat_iterations, 1.0);
    const double failed = static_cast<double>(tally.failures) / tally.scenarios;
    const double cost =
        settings.error_weight * error + settings.iterations_weight * ratio + settings.failure_weight * failed;
    const double saved = (tally.flat_iterations - tally.warm_iterations) / tally.solved;
    return {{"cost", cost}, {"error", error}, {"iterations_saved", saved}, {"failures", tally.failures}};
}

}  // namespace power_flow
