// trialctl VERB: what a person or a job script asks of an experiment.
#include <CLI/CLI.hpp>
#include <iostream>

#include "outside.hpp"

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
