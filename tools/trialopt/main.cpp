// trialopt EXPERIMENT: asks the sampler for new trials and tells it how they ended.
#include <CLI/CLI.hpp>

#include "app/optimizer.hpp"
#include "support/real_ports.hpp"

int main(int argc, char** argv) {
    using namespace tw;
    CLI::App app{"Proposes the trials of an experiment and keeps some of them in flight."};
    std::string directory, trials;
    double poll = 1;
    bool quiet = false;
    OptimizerOptions options;
    app.add_option("EXPERIMENT", directory, "the experiment directory")->required();
    app.add_option(
        "--trials", trials,
        "so many proposals in all, or +N for N more; remembered until experiment.json says another number");
    app.add_option("--parallel", options.parallel,
                   "trials in flight (default: as experiment.json says, or the slots)")
        ->check(CLI::Range(1, 100000));
    app.add_option("--poll", poll, "seconds between looks at what gives no hint")
        ->check(CLI::Range(0.01, 3600.0));
    app.add_flag("--once", options.once, "one tick, for cron; always on the same host");
    app.add_flag("--takeover", options.takeover,
                 "take over from a trialopt on another host that is known to be dead");
    app.add_flag("-q,--quiet", quiet, "warnings only");
    app.set_version_flag("--version", TRIALWATCH_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.poll = Seconds(poll);
    options.open = open_directory;
    if (!trials.empty())
        if (auto read = read_trials(trials, options); !read) return report("trialopt", {read.error()});
    auto real = RealPorts::open(directory, "trialopt", quiet);
    if (!real) return report("trialopt", {real.error()});
    auto optimizer = Optimizer::start((*real)->ports(), options);
    if (!optimizer) return report("trialopt", optimizer.error());
    return (*optimizer)->run();
}
