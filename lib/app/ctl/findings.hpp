// What `check` finds. Private to it.
#pragma once

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

// The objectives, defaults, what the sampler will do. `text` is experiment.json.
void check_search(const Experiment& experiment, const std::string& text, Findings& findings);

// What lies in trials/ that cannot be a trial, or not yet.
void check_trials(FileSystem& fs, const Experiment& experiment, Findings& findings);

}  // namespace tw
