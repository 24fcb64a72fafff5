#include "app/backends.hpp"

#include <algorithm>

#include "trialdir/layout.hpp"

namespace tw {

std::string backend_pointer(const Experiment& experiment, const Stage& stage) {
    if (!stage.backend) return "/backend";
    auto found = std::find_if(experiment.stages.begin(), experiment.stages.end(),
                              [&](auto& other) { return other.name == stage.name; });
    return "/stages/" + std::to_string(found - experiment.stages.begin()) + "/backend";
}

Result<Scheduler*> Backends::of(const Experiment& experiment, const Stage& stage) {
    const BackendSpec& spec = stage.backend ? *stage.backend : experiment.backend;
    if (auto known = made_.find(spec.type); known != made_.end()) return known->second.get();
    auto made = maker_(spec);
    if (!made) {
        Error error = made.error();
        if (error.file.empty()) {
            error.file = layout::experiment_file;
            error.pointer = backend_pointer(experiment, stage) + error.pointer;
        }
        return fail(error);
    }
    return (made_[spec.type] = std::move(*made)).get();
}

}  // namespace tw
