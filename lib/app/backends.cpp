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

namespace {

// Local jobs share one machine, whatever the options say: those that were there first count.
std::string key_of(const BackendSpec& spec) {
    std::string key = spec.type;
    if (spec.type == "local") return key;
    for (auto& [name, value] : spec.options) key += "\n" + name + "=" + value;
    return key;
}

}  // namespace

Result<Scheduler*> Backends::of(const Experiment& experiment, const Stage& stage) {
    const BackendSpec& spec = experiment.backend_of(stage);
    std::string key = key_of(spec);
    if (auto known = made_.find(key); known != made_.end()) return known->second.get();
    auto made = maker_(spec);
    if (!made) {
        Error error = made.error();
        if (error.file.empty()) {
            error.file = layout::experiment_file;
            error.pointer = backend_pointer(experiment, stage) + error.pointer;
        }
        return fail(error);
    }
    return (made_[key] = std::move(*made)).get();
}

}  // namespace tw
