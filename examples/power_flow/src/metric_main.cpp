// The metric stage: folds flows/results/*.json into result.json, in the trial directory.
#include <cstdio>

#include "power_flow/files.hpp"
#include "power_flow/score.hpp"

namespace {

using namespace power_flow;

void run() {
    const Settings settings = trial_settings();
    const Tally tally = collect_answers(settings, ".");
    if (tally.missing_tasks > 0)
        std::printf("%d of %d flow tasks have no result; reported as failed: %s\n", tally.missing_tasks,
                    settings.flow_tasks, environment("TRIAL_FAILED_TASKS", "none").c_str());
    publish("result.json", result_of(tally, settings).dump() + "\n");
}

}  // namespace

int main() {
    return run_program("power_flow_metric", run);
}
