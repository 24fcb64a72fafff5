// The train stage: runs in a trial directory, can be killed and started again at any time.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "power_flow/files.hpp"
#include "power_flow/flow_task.hpp"
#include "power_flow/trainer.hpp"

namespace {

using namespace power_flow;

constexpr int epochs_per_checkpoint = 9;

std::uint64_t trial_seed() {
    return std::strtoull(environment("TRIAL_SEED", "1").c_str(), nullptr, 10);
}

// The epochs to do: those of the configuration, or fewer if the trial has a smaller budget.
int epoch_limit(const Settings& settings) {
    const double budget = std::strtod(environment("TRIAL_BUDGET", "0").c_str(), nullptr);
    return budget >= 1 ? static_cast<int>(std::min<double>(budget, settings.epochs)) : settings.epochs;
}

std::string checkpoint_path(const std::string& directory) {
    return directory + "/training.json";
}

// Goes on from the trial's own checkpoint, or from that of the trial it continues.
void resume(Trainer& trainer, const std::string& own) {
    for (const std::string& directory : {own, environment("TRIAL_CHECKPOINT_FROM", "")}) {
        const std::string path = checkpoint_path(directory);
        if (directory.empty() || !exists(path)) continue;
        if (trainer.resume(read_json(path))) {
            std::printf("resumed after epoch %d from %s\n", trainer.epoch(), path.c_str());
            std::fflush(stdout);  // a kill must not lose it
            return;
        }
        std::printf("%s is of other settings and is not used\n", path.c_str());
    }
}

void train(Trainer& trainer, int epochs) {
    const std::string directory = environment("TRIAL_CHECKPOINT", "checkpoint");
    make_directory(directory);
    resume(trainer, directory);
    const int reported = last_step("metrics.jsonl");  // not to be repeated
    LineLog metrics("metrics.jsonl");
    while (trainer.epoch() < epochs && !exists("stop")) {
        if (!trainer.run_epoch()) break;
        const int epoch = trainer.epoch();
        if (epoch > reported) metrics.append(Json{{"step", epoch}, {"loss", trainer.loss()}}.dump());
        if (epoch % epochs_per_checkpoint == 0 || epoch == epochs)
            publish(checkpoint_path(directory), trainer.checkpoint().dump());
    }
    std::printf("%s %d epochs, validation loss %g\n", trainer.diverged() ? "diverged after" : "trained for",
                trainer.epoch(), trainer.loss());
}

// Submit description for HTCondor: https://htcondor.readthedocs.io, condor_submit.
std::string submit_file(const std::string& experiment, const std::string& trial) {
    return "executable = " + experiment + "/flow.sh\ninitialdir = " + trial + R"(
universe = vanilla
arguments = $(flow_input)
output = logs/flow.$(Process).out
error = logs/flow.$(Process).err
log = logs/flow.log
request_cpus = 1
request_memory = 256M
queue flow_input matching files flows/*.json
)";
}

std::string working_directory() {
    char buffer[4096];
    return getcwd(buffer, sizeof buffer) ? buffer : ".";
}

void write_flows(const Settings& settings, const std::vector<SolvedScenario>& validation) {
    for (const char* directory : {"flows", "flows/results", "logs"}) make_directory(directory);
    const auto per_task = static_cast<std::size_t>(settings.scenarios_per_task);
    for (int task = 1; task <= settings.flow_tasks; ++task) {
        const std::string path = "flows/" + std::to_string(task) + ".json";
        const std::size_t begin = static_cast<std::size_t>(task - 1) * per_task;
        remove_if_there(result_path(path));  // of a run before this one
        publish(path, task_input(validation, begin, begin + per_task).dump());
    }
}

void run() {
    remove_if_there("training_done");  // of a run before this one
    const Settings settings = trial_settings();
    const Grid grid = make_grid(load_case(case_path(settings)));
    const auto training = draw_solved(grid, settings.load_spread, settings.train_scenarios,
                                      random_stream(settings.scenario_seed, 1));
    const auto validation =
        draw_solved(grid, settings.load_spread, settings.flow_tasks * settings.scenarios_per_task,
                    random_stream(settings.scenario_seed, 2));
    Trainer trainer(settings, grid, training, validation, trial_seed());
    train(trainer, epoch_limit(settings));
    publish("network.json", trainer.model().to_json().dump());
    write_flows(settings, validation);
    const std::string trial = environment("TRIAL_DIR", working_directory());
    publish("run_flow.cmd", submit_file(environment("TRIAL_EXPERIMENT", trial + "/../.."), trial));
    publish("training_done", "");
}

}  // namespace

int main() {
    return run_program("power_flow_train", run);
}
