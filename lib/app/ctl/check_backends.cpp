#include <fmt/format.h>

#include <set>

#include "app/backends.hpp"
#include "app/ctl/findings.hpp"
#include "batch/agents/pool_plan.hpp"
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
        const BackendSpec& spec = experiment_.backend_of(stage);
        std::string resources = fmt::format("/stages/{}/resources", index);
        check({"stage '" + stage.name + "'", spec, backend_pointer(experiment_, stage), stage.resources, resources});
        if (experiment_.agents && spec.type == "agents") check_fits_pool(stage, resources);
    }

    void check_pool() {
        if (!experiment_.agents) return;
        const PoolSpec& pool = *experiment_.agents;
        check({"an agent", pool.backend, "/agents/submit/backend", pool.resources, "/agents/submit/resources"});
    }

private:
    // What is started where, and where experiment.json says so.
    struct Subject {
        std::string name;
        const BackendSpec& spec;
        std::string spec_pointer;
        const Resources& resources;
        std::string resources_pointer;
    };

    void check(const Subject& subject) {
        if (const BackendType* type = find_backend_type(subject.spec.type))
            check_type(*type, subject);
        else
            check_local(subject);
    }

    // Without asking the batch system: it may be away, and it is not here to be asked each time a file is looked at.
    void check_type(const BackendType& type, const Subject& subject) {
        if (auto good = type.check(subject.spec); !good) add(subject.spec_pointer, good.error());
        if (auto good = type.check_resources(subject.resources); !good)
            add(subject.resources_pointer, good.error());
    }

    void check_local(const Subject& subject) {
        for (auto& [name, value] : subject.resources.options)
            add(Level::warning, subject.resources_pointer + "/options/" + name,
                "the local backend has no resource option '" + name + "', so it is ignored", "");
        if (subject.resources.nodes > 1)
            add(Level::error, subject.resources_pointer + "/nodes",
                fmt::format("needs {} nodes, the local backend has 1", subject.resources.nodes),
                "ranks share this one");
        else
            check_size(subject);
    }

    void check_fits_pool(const Stage& stage, const std::string& resources) {
        if (runs_at_once({stage.resources, stage.grace}, experiment_.agents->resources) > 0) return;
        add(Level::warning, resources,
            "stage '" + stage.name + "' is larger, or takes longer, than what submit.resources of 'agents' gives an agent",
            "only an agent that you start yourself can run it");
    }

    void add(const std::string& pointer, const Error& error) {
        add(Level::error, pointer + error.pointer, error.what, error.hint);
    }

    void check_size(const Subject& subject) {
        auto options = read_local_options(subject.spec.options);
        if (!options) {
            const Error& error = options.error();
            return add(Level::error, subject.spec_pointer + error.pointer, error.what, error.hint);
        }
        if (place_.jobs > 0) options->cpus = place_.jobs;
        auto possible = LocalScheduler(context_.processes, *options, {}, "").possible(subject.resources);
        if (possible) return;
        add(place_.here ? Level::error : Level::warning, subject.resources_pointer,
            subject.name + " " + possible.error().what,
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
    check.check_pool();
}

}  // namespace tw
