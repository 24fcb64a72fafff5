#include <CLI/CLI.hpp>

#include "app/ctl/verbs.hpp"
#include "outside.hpp"

namespace tw {

namespace {

// Options of a subcommand live as long as the program.
template <class Options>
std::shared_ptr<Options> options_of() {
    return std::make_shared<Options>();
}

struct Plain {
    std::string experiment, id;
    bool json = false;
};

CLI::App* add_verb(CLI::App& app, const char* name, const char* about, Plain& plain, bool json = true) {
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("EXPERIMENT", plain.experiment, "the experiment directory")->required();
    if (json) verb->add_flag("--json", plain.json, "for programs; the keys are stable");
    return verb;
}

void add_status(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    add_verb(app, "status", "how far it is, and who works at it", *plain)
        ->callback([&outside, &choice, plain] {
            choice.action = [&outside, plain] {
                return outside.on(plain->experiment, [&](auto& context, auto& fs) {
                    return status_verb(context, fs, plain->json);
                });
            };
        });
}

void add_agents(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    add_verb(app, "agents", "who takes jobs from files, with what, and for how long", *plain)
        ->callback([&outside, &choice, plain] {
            choice.action = [&outside, plain] {
                return outside.on(plain->experiment, [&](auto& context, auto& fs) {
                    return agents_verb(context, fs, plain->json);
                });
            };
        });
}

void add_insight(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    add_verb(app, "insight", "what the search has found out, in plain words", *plain)
        ->callback([&outside, &choice, plain] {
            choice.action = [&outside, plain] {
                return outside.on(plain->experiment, [&](auto& context, auto& fs) {
                    return insight_verb(context, fs, plain->json);
                });
            };
        });
}

void add_check(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    add_verb(app, "check", "look for mistakes in experiment.json, the scripts and trials/", *plain)
        ->callback([&outside, &choice, plain] {
            choice.action = [&outside, plain] {
                return outside.on(plain->experiment, [&](auto& context, auto& fs) {
                    return check_verb(context, fs, plain->json);
                });
            };
        });
}

void add_show(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    auto* verb = add_verb(app, "show", "everything about one trial", *plain);
    verb->add_option("ID", plain->id, "the trial")->required();
    verb->callback([&outside, &choice, plain] {
        choice.action = [&outside, plain] {
            return outside.on(plain->experiment, [&](auto& context, auto& fs) {
                return show_verb(context, fs, plain->id, plain->json);
            });
        };
    });
}

void add_list(CLI::App& app, Outside& outside, Choice& choice) {
    auto options = options_of<ListOptions>();
    auto* verb = app.add_subcommand("list", "the trials of one or more experiments");
    verb->add_option("EXPERIMENT", options->experiments, "experiment directories")->required();
    verb->add_option("--state", options->states, "only trials in this state (may be repeated)")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_option("--sort", options->sort,
                     "by a value, a parameter, or a column: id, state, time, attempts, created, ended, ...");
    verb->add_flag("-r,--reverse", options->reverse, "the other way round");
    auto* csv = verb->add_flag("--csv", options->csv, "flat columns params_* and values_*");
    verb->add_flag("--json", options->json, "for programs; the keys are stable")->excludes(csv);
    verb->callback([&outside, &choice, options] {
        choice.action = [&outside, options] { return list_verb(outside.context(), *options); };
    });
}

void add_best(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    auto options = options_of<BestOptions>();
    auto* verb = add_verb(app, "best", "the best trials", *plain);
    verb->add_option("-k", options->count, "so many (default: the best with its ties, or the Pareto front)")
        ->check(CLI::Range(1, 1000000));
    verb->add_option("--by", options->by, "by this value instead of the objectives");
    verb->add_flag("--maximize", options->maximize, "the largest value of --by");
    verb->callback([&outside, &choice, plain, options] {
        choice.action = [&outside, plain, options] {
            options->json = plain->json;
            return outside.on(plain->experiment,
                              [&](auto& context, auto& fs) { return best_verb(context, fs, *options); });
        };
    });
}

void add_logs(CLI::App& app, Outside& outside, Choice& choice) {
    auto plain = options_of<Plain>();
    auto options = options_of<LogsOptions>();
    auto* verb = add_verb(app, "logs", "what the jobs of a trial wrote", *plain, false);
    verb->add_option("ID", options->id, "the trial")->required();
    verb->add_option("--stage", options->stage, "this stage alone");
    verb->add_option("--task", options->task, "this array task alone");
    verb->add_option("--attempt", options->attempt, "this attempt (default: the newest of each task)");
    verb->add_flag("-f,--follow", options->follow, "until the trial has ended");
    verb->callback([&outside, &choice, plain, options] {
        choice.action = [&outside, plain, options] {
            auto run = [&](auto& context, auto& fs) { return logs_verb(context, fs, *options); };
            return options->follow ? outside.waiting_on(plain->experiment, run)
                                   : outside.on(plain->experiment, run);
        };
    });
}

}  // namespace

void add_reading(CLI::App& app, Outside& outside, Choice& choice) {
    add_status(app, outside, choice);
    add_agents(app, outside, choice);
    add_list(app, outside, choice);
    add_show(app, outside, choice);
    add_best(app, outside, choice);
    add_insight(app, outside, choice);
    add_logs(app, outside, choice);
    add_check(app, outside, choice);
}

}  // namespace tw
