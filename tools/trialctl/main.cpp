// trialctl VERB: what a person or a job script asks of an experiment.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>

#include "app/ctl/advise.hpp"
#include "base/text.hpp"
#include "outside.hpp"

namespace {

// A first word that is no verb, for a better answer than the parser's.
std::optional<tw::Error> unknown_verb(CLI::App& app, const std::string& word) {
    std::vector<std::string> verbs;
    for (auto* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
    if (word.starts_with('-') || std::find(verbs.begin(), verbs.end(), word) != verbs.end())
        return std::nullopt;
    std::string near = tw::did_you_mean(word, verbs);
    return tw::advise(tw::Code::usage, "there is no verb '" + word + "'",
                      near.empty() ? "trialctl --help" : "did you mean '" + near + "'?");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Makes, watches over and reads experiments of trialwatch."};
    app.set_version_flag("--version", TRIALWATCH_VERSION);
    app.require_subcommand(1);
    app.set_help_all_flag("--help-all", "the options of every verb");
    tw::Outside outside;
    tw::Choice choice;
    add_making(app, outside, choice);
    add_reading(app, outside, choice);
    add_asking(app, outside, choice);
    add_jobs(app, outside, choice);
    if (auto unknown = argc > 1 ? unknown_verb(app, argv[1]) : std::nullopt)
        return complain(outside.context(), *unknown);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    int status = choice.action();
    std::cout.flush();
    if (std::cout) return status;
    std::cerr << "trialctl: cannot write standard output\n";
    return status == 0 ? 1 : status;
}
