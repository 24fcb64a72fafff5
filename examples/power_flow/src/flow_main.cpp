// A task of the flow stage: power_flow_flow flows/N.json, in the trial directory.
#include <stdexcept>

#include "power_flow/files.hpp"
#include "power_flow/flow_task.hpp"
#include "power_flow/settings.hpp"

int main(int argc, char** argv) {
    using namespace power_flow;
    return run_program("power_flow_flow", [&] {
        const std::string input = argc > 1 ? argv[1] : environment("TRIAL_INPUT", "");
        if (input.empty()) throw std::runtime_error("which input? usage: power_flow_flow flows/N.json");
        const Grid grid = make_grid(load_case(case_path(trial_settings())));
        const Model model = Model::from_json(read_json("network.json"));
        publish(result_path(input), solve_task(grid, model, read_json(input)).dump());
    });
}
