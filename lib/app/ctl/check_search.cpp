#include <fmt/format.h>

#include <algorithm>

#include "app/ctl/advise.hpp"
#include "app/ctl/findings.hpp"
#include "app/ctl/json.hpp"
#include "optimize/feasible.hpp"
#include "optimize/first.hpp"
#include "optimize/make_sampler.hpp"
#include "optimize/pruner.hpp"
#include "optimize/stopping.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

using Level = Finding::Level;

void add(Findings& findings, Level level, const std::string& pointer, std::string what,
         std::string hint = "") {
    findings.push_back(
        {level, {Code::invalid, std::move(what), layout::experiment_file, pointer, 0, std::move(hint)}});
}

void check_sampler(const Experiment& experiment, Findings& findings) {
    auto sampler = make_sampler(experiment.space, experiment.optimizer, experiment.objectives);
    if (!sampler) {
        Error error = sampler.error();
        error.file = layout::experiment_file;
        findings.push_back({Level::error, error});
        return;
    }
    std::string what = "the sampler is " + (*sampler)->reason();
    auto limit = (*sampler)->limit();
    if (limit && *limit < experiment.optimizer.trials)
        what += fmt::format(", and has {} configurations for {} trials: it ends after these", *limit,
                            experiment.optimizer.trials);
    else if (limit && *limit > experiment.optimizer.trials)
        what += fmt::format(", and {} trials do not try all of {} configurations",
                            experiment.optimizer.trials, *limit);
    add(findings, Level::note, "/optimizer", what);
}

void check_first(const Experiment& experiment, Findings& findings) {
    const Space& space = experiment.space;
    const OptimizerSpec& spec = experiment.optimizer;
    if (!spec.first.empty())
        add(findings, Level::note, "/optimizer/first",
            fmt::format("configurations that are tried first: {}", first_configurations(space, spec).size()));
    auto believed = std::find_if(space.parameters.begin(), space.parameters.end(),
                                 [](auto& parameter) { return parameter.prior.has_value(); });
    if (spec.sampler == "grid" && believed != space.parameters.end())
        add(findings, Level::note, "/space/" + believed->name + "/prior",
            "the grid takes no notice of priors");
}

// In percent; a small share is told as what it is.
std::string percent(double share) {
    return share > 0 && share < 0.01 ? fmt::format("{:.2g} %", 100 * share)
                                     : fmt::format("{:.0f} %", 100 * share);
}

void check_constraints(const Experiment& experiment, Findings& findings) {
    constexpr std::int64_t draws = 10'000;
    auto& space = experiment.space;
    if (space.constraints.empty()) return;
    auto share = feasible_share(UnitCube(space), experiment.optimizer.seed, draws);
    std::string what =
        share.met > 0 ? fmt::format("about {} of the space meets the constraints", percent(share.share()))
                      : fmt::format("of {} configurations drawn at random none meets the constraints", draws);
    if (space.constraints.size() > 1)
        what += fmt::format("; the narrowest, '{}', is met by {}", share.rarest,
                            percent(static_cast<double>(share.met_rarest) / static_cast<double>(draws)));
    add(findings, share.met > 0 ? Level::note : Level::warning, "/constraints/parameters", what);
    Space without = space;
    without.constraints.clear();
    auto defaults = default_configuration(without);
    if (auto good = defaults ? meets_constraints(space, *defaults) : Status{}; !good)
        add(findings, Level::warning, "/constraints/parameters",
            "the default configuration is not tried: " + good.error().what);
}

void check_pruner(const Experiment& experiment, Findings& findings) {
    auto& spec = experiment.optimizer.pruner;
    if (spec.type != "none")
        add(findings, Level::note, "/optimizer/pruner", "the pruner is " + describe_pruner(spec));
}

void check_stop(const Experiment& experiment, Findings& findings) {
    std::string rules = describe_stop(experiment.optimizer.stop, experiment.objectives);
    if (!rules.empty()) add(findings, Level::note, "/optimizer/stop", "the search ends early " + rules);
}

// One note for all parameters that have none: without it neither `try` nor trial 0 have a configuration.
void check_defaults(const Experiment& experiment, Findings& findings) {
    std::string names;
    for (auto& parameter : experiment.space.parameters)
        if (parameter.type != ParameterType::fixed && !parameter.default_value)
            names += (names.empty() ? "" : ", ") + parameter.name;
    if (!names.empty())
        add(findings, Level::note, "/space", "no default for " + names,
            "with one for each, `trialctl try` and the first trial use them");
}

void check_config(FileSystem& fs, const TrialId& id, const Experiment& experiment, Findings& findings) {
    auto text = fs.read(layout::config(id), 0, document_limit);
    auto config = text ? read_config(*text, layout::config(id)) : Result<Config>(fail(text.error()));
    Status good = config ? Status{} : Status(fail(config.error()));
    if (good && !experiment.space.parameters.empty()) good = fits(experiment.space, config->params);
    if (good) good = meets_constraints(experiment.space, config->params);
    if (good) return;
    good.error().file = layout::config(id);
    if (text && good.error().line == 0) good.error().line = line_of_pointer(*text, good.error().pointer);
    findings.push_back({Level::warning, good.error()});
}

void check_trial(FileSystem& fs, const TrialId& id, const Experiment& experiment, Findings& findings) {
    auto files = look_at_trial(fs, id);
    if (!files || files->outcome) return;
    if (files->config) return check_config(fs, id, experiment, findings);
    findings.push_back(
        {Level::warning, advise(Code::invalid, "there is no config.json, so this is no trial yet",
                                "write it, or remove the directory", layout::trial(id))});
}

}  // namespace

void check_search(const Experiment& experiment, const std::string& text, Findings& findings) {
    Json json = Json::parse(text, nullptr, false, true);
    if (json.is_object() && !json.contains("objectives"))
        add(findings, Level::note, "/objectives", "no objectives are given: 'cost' is minimised",
            R"("objectives": [{"name": "cost", "direction": "minimize"}])");
    if (experiment.space.parameters.empty()) {
        add(findings, Level::warning, "/space", "the space has no parameters, so there is nothing to search");
        return;
    }
    check_defaults(experiment, findings);
    check_sampler(experiment, findings);
    check_first(experiment, findings);
    check_constraints(experiment, findings);
    check_pruner(experiment, findings);
    check_stop(experiment, findings);
}

void check_trials(FileSystem& fs, const Experiment& experiment, Findings& findings) {
    auto listing = list_trials(fs);
    if (!listing) return;
    for (auto& error : listing->refused) findings.push_back({Level::warning, error});
    for (auto& id : listing->ids) check_trial(fs, id, experiment, findings);
}

}  // namespace tw
