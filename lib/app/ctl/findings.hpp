// What `check` finds; `run` and `try` look for the errors among it before they make a trial.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/ctl/context.hpp"

namespace tw {

struct Finding {
    enum class Level { error, warning, note };
    Level level = Level::error;
    Error error;
};
using Findings = std::vector<Finding>;

// Commands and scripts of the stages.
void check_commands(CtlContext& context, FileSystem& fs, const Experiment& experiment, Findings& findings);

// Who runs the jobs: where that is not known, what this machine has not is a doubt, else an error.
struct Place {
    bool here = false;
    int jobs = 0;  // slots, where somebody said how many
};

// Backends, and what the stages want of them.
void check_backends(CtlContext& context, const Experiment& experiment, Place place, Findings& findings);

// The objectives, defaults, what the sampler will do. `text` is experiment.json.
void check_search(const Experiment& experiment, const std::string& text, Findings& findings);

// The earlier experiments of optimizer.warm_start: that they are there, and fit.
void check_warm_start(CtlContext& context, FileSystem& fs, const Experiment& experiment, Findings& findings);

// What lies in trials/ that cannot be a trial, or not yet.
void check_trials(FileSystem& fs, const Experiment& experiment, Findings& findings);

// experiment.json if nothing speaks against running it, else every error on err and nothing; `status` is then
// the exit status.
std::optional<Experiment> require_sound(CtlContext& context, FileSystem& fs, Place place, int& status);

}  // namespace tw
