// trialwatch EXPERIMENT: reacts to files, submits the next stage, applies retries, holds, kills.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "app/watcher.hpp"
#include "batch/backend_types.hpp"
#include "support/real_ports.hpp"

namespace {

using namespace tw;

Backends::Maker maker_for(RealPorts& real, int slots) {
    return [&real, slots](const BackendSpec& spec) -> Result<std::unique_ptr<Scheduler>> {
        Ports ports = real.ports();
        auto identity = read_identity_file(ports.fs);
        if (!identity) return fail(identity.error());
        BatchPorts batch{ports.fs, ports.clock, ports.processes, real.commands(), ports.log, (*identity)->id};
        return make_scheduler(spec, batch, slots);
    };
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Watches an experiment directory and runs its trials' stages."};
    std::string directory;
    int jobs = 0;
    double poll = 1, second_chance = -1;
    bool quiet = false;
    WatcherOptions options;
    app.add_option("EXPERIMENT", directory, "the experiment directory")->required();
    app.add_option("--poll", poll, "seconds between looks at what gives no hint")
        ->check(CLI::Range(0.01, 3600.0));
    app.add_option("-j,--jobs", jobs, "CPU slots of the local backend (default: the CPUs available)")
        ->check(CLI::Range(1, 100000));
    app.add_option("--max-queued", options.max_queued, "jobs handed over and not ended, of all trials")
        ->check(CLI::Range(1, 1000000));
    app.add_flag("--once", options.once, "one tick, for cron");
    app.add_flag("--until-done", options.until_done, "end when every trial has ended");
    app.add_option("--only", options.only, "run this trial alone");
    app.add_flag("--takeover", options.takeover,
                 "take over from a watcher on another host that is known to be dead");
    app.add_flag("--kill-on-exit", options.kill_on_exit, "on ^C, end the running jobs too");
    app.add_option("--second-chance", second_chance, "seconds that another ^C may still end the jobs")
        ->group("");
    app.add_flag("-q,--quiet", quiet, "warnings only");
    app.set_version_flag("--version", TRIALWATCH_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    options.poll = Seconds(poll);
    bool somebody = ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO);
    options.second_chance = Seconds(second_chance >= 0 ? second_chance : somebody ? 3 : 0);
    options.trialctl = sibling_program("trialctl");
    options.trialagent = sibling_program("trialagent");
    auto real = RealPorts::open(directory, "trialwatch", quiet);
    if (!real) return report("trialwatch", {real.error()});
    Ports ports = (*real)->ports();
    auto watcher = Watcher::start(ports, options, maker_for(**real, jobs));
    if (!watcher) return report("trialwatch", watcher.error());
    return (*watcher)->run();
}
