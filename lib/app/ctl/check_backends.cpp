#include <fmt/format.h>

#include <set>

#include "app/backends.hpp"
#include "app/ctl/findings.hpp"
#include "batch/backend_types.hpp"
#include "batch/local.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

using Level = Finding::Level;

class BackendCheck {
public:
    BackendCheck(CtlContext& context, const Experiment& experiment, Place place, Findings& findings)
        : context_(context), experiment_(experiment), place_(place), findings_(findings) {}

    void check(const Stage& stage, std::size_t index) {
        const BackendSpec& spec = stage.backend ? *stage.backend : experiment_.backend;
        std::string resources = fmt::format("/stages/{}/resources", index);
        if (const BackendType* type = find_backend_type(spec.type))
            check_type(*type, spec, stage, resources);
        else
            check_local(stage, resources);
    }

private:
    // Without asking the batch system: it may be away, and it is not here to be asked each time a file is looked at.
    void check_type(const BackendType& type, const BackendSpec& spec, const Stage& stage, const std::string& resources) {
        if (auto good = type.check(spec); !good) add(backend_pointer(experiment_, stage), good.error());
        if (auto good = type.check_resources(stage.resources); !good) add(resources, good.error());
    }

    void check_local(const Stage& stage, const std::string& resources) {
        for (auto& [name, value] : stage.resources.options)
            add(Level::warning, resources + "/options/" + name,
                "the local backend has no resource option '" + name + "', so it is ignored", "");
        if (stage.resources.nodes > 1)
            add(Level::error, resources + "/nodes",
                fmt::format("needs {} nodes, the local backend has 1", stage.resources.nodes),
                "ranks share this one");
        else
            check_size(stage, resources);
    }

    void add(const std::string& pointer, const Error& error) {
        add(Level::error, pointer + error.pointer, error.what, error.hint);
    }

    void check_size(const Stage& stage, const std::string& pointer) {
        const BackendSpec& spec = stage.backend ? *stage.backend : experiment_.backend;
        auto options = read_local_options(spec.options);
        if (!options) {
            const Error& error = options.error();
            return add(Level::error, backend_pointer(experiment_, stage) + error.pointer, error.what,
                       error.hint);
        }
        if (place_.jobs > 0) options->cpus = place_.jobs;
        auto possible = LocalScheduler(context_.processes, *options, {}, "").possible(stage.resources);
        if (possible) return;
        add(place_.here ? Level::error : Level::warning, pointer,
            "stage '" + stage.name + "' " + possible.error().what,
            place_.here ? "ask for less, or run it on a larger machine"
                        : "it fails unless a larger machine runs it");
    }

    // Several stages have the same backend.
    void add(Level level, const std::string& pointer, std::string what, std::string hint) {
        if (!told_.insert(pointer).second) return;
        findings_.push_back(
            {level, {Code::invalid, std::move(what), layout::experiment_file, pointer, 0, std::move(hint)}});
    }

    CtlContext& context_;
    const Experiment& experiment_;
    Place place_;
    Findings& findings_;
    std::set<std::string> told_;
};

}  // namespace

void check_backends(CtlContext& context, const Experiment& experiment, Place place, Findings& findings) {
    BackendCheck check(context, experiment, place, findings);
    for (std::size_t i = 0; i < experiment.stages.size(); ++i) check.check(experiment.stages[i], i);
}

}  // namespace tw
