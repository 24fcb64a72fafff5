#include <CLI/CLI.hpp>
#include <boost/filesystem.hpp>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "outside.hpp"
#include "support/real_ports.hpp"

namespace tw {

namespace {

namespace bfs = boost::filesystem;

// Installed beside the programs; in the build tree, those of the source.
std::string template_directory() {
    boost::system::error_code ignored;
    bfs::path installed =
        bfs::path(sibling_program("trialctl")).parent_path() / "../share/trialwatch/examples";
    return bfs::is_directory(installed, ignored) ? installed.string() : TRIALWATCH_EXAMPLES_DIR;
}

int make_in(Outside& outside, const std::string& directory, const Outside::Verb& verb) {
    boost::system::error_code failure;
    bfs::create_directories(directory, failure);
    if (failure)
        return complain(outside.context(),
                        advise(Code::io, "cannot make the directory: " + failure.message(), "", directory));
    return outside.on(directory, verb);
}

int make_experiment(Outside& outside, const std::string& directory, InitOptions options) {
    options.templates = template_directory();
    return make_in(outside, directory,
                   [&](auto& context, auto& fs) { return init_verb(context, fs, options); });
}

void add_init(CLI::App& app, Outside& outside, Choice& choice) {
    auto directory = std::make_shared<std::string>();
    auto options = std::make_shared<InitOptions>();
    auto* verb = app.add_subcommand("init", "make an experiment from a template or an old one");
    verb->add_option("DIR", *directory, "a new or empty directory")->required();
    auto* name = verb->add_option("--template", options->name, "minimal (default), power-flow, ...");
    verb->add_option("--from", options->from, "take experiment.json and scripts from this experiment")
        ->excludes(name);
    verb->callback([&outside, &choice, directory, options] {
        choice.action = [&outside, directory, options] {
            return make_experiment(outside, *directory, *options);
        };
    });
}

void add_import_space(CLI::App& app, Outside& outside, Choice& choice) {
    auto into = std::make_shared<std::string>();
    auto options = std::make_shared<ImportSpaceOptions>();
    auto* verb =
        app.add_subcommand("import-space", "the search space of another tool, as an experiment.json");
    verb->add_option("FILE", options->file, "its file in JSON or YAML, or - for standard input")->required();
    verb->add_option("--from", options->from,
                     "wandb, nni, ray, configspace or optuna (default: what it looks like)");
    verb->add_option("--into", *into, "make an experiment of it in this new or empty directory");
    verb->callback([&outside, &choice, into, options] {
        choice.action = [&outside, into, options] {
            if (into->empty()) return import_space_verb(outside.context(), *options);
            return make_in(outside, *into,
                           [&](auto& context, auto& fs) { return import_space_verb(context, fs, *options); });
        };
    });
}

void add_new(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<NewOptions>();
    auto* verb = app.add_subcommand("new", "make trials by hand; prints their ids");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("--set", options->set,
                     "a parameter: lr=0.01 (may be repeated; others have their default)")
        ->allow_extra_args(false);
    verb->add_option("--sweep", options->sweeps,
                     "several values: model=a,b or 'it=range(3)'; repeated, every combination")
        ->allow_extra_args(false);
    verb->add_option("--config", options->config, "a JSON file with parameters, or - for standard input");
    verb->add_option("--file", options->inputs, "a file to copy into each trial (may be repeated)")
        ->allow_extra_args(false);
    verb->add_flag("-n,--dry-run", options->dry_run, "only say what would be made");
    verb->add_flag("--json", options->json, "for programs; the keys are stable");
    verb->callback([&outside, &choice, experiment, options] {
        choice.action = [&outside, experiment, options] {
            return outside.on(*experiment,
                              [&](auto& context, auto& fs) { return new_verb(context, fs, *options); });
        };
    });
}

void add_try(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<TryOptions>();
    auto* verb = app.add_subcommand("try", "make and run one trial, and show what its jobs write");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("--set", options->set, "a parameter: lr=0.01 (may be repeated)")
        ->allow_extra_args(false);
    verb->add_option("-j,--jobs", options->jobs, "CPU slots of the local backend")
        ->check(CLI::Range(1, 100000));
    verb->callback([&outside, &choice, experiment, options] {
        choice.action = [&outside, experiment, options] {
            return outside.waiting_on(
                *experiment, [&](auto& context, auto& fs) { return try_verb(context, fs, *options); });
        };
    });
}

void add_run(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<RunOptions>();
    auto restore = std::make_shared<bool>(false);
    auto* verb =
        app.add_subcommand("run", "run the search: trialopt and trialwatch together, until it is complete");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("--trials", options->trials,
                     "so many proposals in all, or +N for N more; later runs go on towards it");
    verb->add_option("-j,--jobs", options->jobs, "CPU slots of the local backend, and trials in flight")
        ->check(CLI::Range(1, 100000));
    verb->add_flag("--agent", options->agent, "an agent here, too, where jobs are for agents (in an allocation of Slurm: always)");
    verb->add_flag("--detach", options->detach, "in the background; survives logout");
    auto* overwrite =
        verb->add_flag("--overwrite", options->overwrite, "begin anew; what there is is set aside");
    verb->add_flag("-y,--yes", options->yes, "do not ask");
    verb->add_flag("--restore", *restore, "go on with what there is (default)")->excludes(overwrite);
    verb->callback([&outside, &choice, experiment, options, restore] {
        choice.action = [&outside, experiment, options] {
            return outside.waiting_on(
                *experiment, [&](auto& context, auto& fs) { return run_verb(context, fs, *options); });
        };
    });
}

void add_submit(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<SubmitOptions>();
    auto dry_run = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand("submit", "show what each stage would run");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("ID", options->id, "a trial (default: the next one, with the default configuration)");
    verb->add_flag("-n,--dry-run", *dry_run, "nothing is submitted: that is trialwatch's part")->required();
    verb->add_flag("--json", options->json, "for programs; the keys are stable");
    verb->callback([&outside, &choice, experiment, options, dry_run] {
        choice.action = [&outside, experiment, options] {
            return outside.on(*experiment,
                              [&](auto& context, auto& fs) { return submit_verb(context, fs, *options); });
        };
    });
}

}  // namespace

void add_making(CLI::App& app, Outside& outside, Choice& choice) {
    add_init(app, outside, choice);
    add_import_space(app, outside, choice);
    add_try(app, outside, choice);
    add_new(app, outside, choice);
    add_run(app, outside, choice);
    add_submit(app, outside, choice);
}

}  // namespace tw
