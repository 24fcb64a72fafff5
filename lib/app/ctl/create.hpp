// Makes trials as a person does: one, or several hundred at once.
#pragma once

#include <string>
#include <vector>

#include "app/ctl/context.hpp"

namespace tw {

// A file that each new trial gets before its config.json appears.
struct TrialInput {
    NamedFile source;
    std::string name;  // in the trial directory
};

// Names must be free: not the protocol's own.
Result<std::vector<TrialInput>> open_inputs(CtlContext& context, const std::vector<std::string>& paths);

// One above all there are.
Result<std::int64_t> next_number(FileSystem& fs);

// All or none, as far as errors can be seen before the first config.json appears. Rings the bell for each.
Result<std::vector<TrialId>> create_trials(CtlContext& context, FileSystem& fs,
                                           const std::vector<std::string>& configs,
                                           const std::vector<TrialInput>& inputs);

}  // namespace tw
