// Verbs for job scripts.
#include <CLI/CLI.hpp>

#include "app/ctl/verbs.hpp"
#include "outside.hpp"

namespace tw {

namespace {

void add_get(CLI::App& app, Outside& outside, Choice& choice) {
    auto options = std::make_shared<GetOptions>();
    auto* verb =
        app.add_subcommand("get", "a parameter of this trial: from $TRIAL_CONFIG, else ./config.json");
    verb->add_option("KEY", options->key, "its name; a.b and a.0 look into objects and lists")->required();
    verb->add_option("--default", options->otherwise, "what to print if there is none");
    verb->add_flag("--json", options->json, "as JSON: text in quotes");
    verb->callback([&outside, &choice, options] {
        choice.action = [&outside, options] { return get_verb(outside.context(), *options); };
    });
}

void add_report(CLI::App& app, Outside& outside, Choice& choice) {
    auto options = std::make_shared<ReportOptions>();
    auto* verb = app.add_subcommand(
        "report", "append intermediate values to metrics.jsonl; exit status 3: a stop was asked for");
    verb->add_option("VALUES", options->values, "NAME=NUMBER, such as loss=0.25")->required();
    verb->add_option("--step", options->step, "an epoch or another count, from 0")->required();
    verb->callback([&outside, &choice, options] {
        choice.action = [&outside, options] { return report_verb(outside.context(), *options); };
    });
}

}  // namespace

void add_jobs(CLI::App& app, Outside& outside, Choice& choice) {
    add_get(app, outside, choice);
    add_report(app, outside, choice);
}

}  // namespace tw
