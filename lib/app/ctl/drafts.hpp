// From options to the text of config.json.
#pragma once

#include <string>
#include <vector>

#include "app/ctl/context.hpp"
#include "app/ctl/verbs.hpp"

namespace tw {

struct Draft {
    Params params;
    std::string config;
};

// One per combination of the sweeps, checked against the space of `experiment`.
Result<std::vector<Draft>> make_drafts(CtlContext& context, const Experiment& experiment,
                                       const NewOptions& options);

// experiment.json, or its mistakes on err and nothing; `status` is then the exit status.
std::optional<Experiment> require_experiment(CtlContext& context, FileSystem& fs, int& status);

}  // namespace tw
