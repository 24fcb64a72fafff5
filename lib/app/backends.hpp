// The schedulers of an experiment, made when first needed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "batch/scheduler.hpp"
#include "records/experiment.hpp"

namespace tw {

// Where experiment.json says which backend serves the stage.
std::string backend_pointer(const Experiment& experiment, const Stage& stage);

class Backends {
public:
    using Maker = std::function<Result<std::unique_ptr<Scheduler>>(const BackendSpec&)>;

    explicit Backends(Maker maker) : maker_(std::move(maker)) {}

    // The one that serves this stage. An error says why there is none.
    Result<Scheduler*> of(const Experiment& experiment, const Stage& stage);

    // One that is not kept here.
    Result<std::unique_ptr<Scheduler>> make(const BackendSpec& spec) const { return maker_(spec); }

    const std::map<std::string, std::unique_ptr<Scheduler>>& all() const { return made_; }

private:
    Maker maker_;
    std::map<std::string, std::unique_ptr<Scheduler>> made_;
};

}  // namespace tw
