#include "app/backends.hpp"

namespace tw {

Result<Scheduler*> Backends::of(const Experiment& experiment, const Stage& stage) {
    const BackendSpec& spec = stage.backend ? *stage.backend : experiment.backend;
    if (auto known = made_.find(spec.type); known != made_.end()) return known->second.get();
    auto made = maker_(spec);
    if (!made) return fail(made.error());
    return (made_[spec.type] = std::move(*made)).get();
}

}  // namespace tw
