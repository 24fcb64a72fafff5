// trialagent EXPERIMENT: inside an allocation, claims jobs from files and packs them on this node.
#include <CLI/CLI.hpp>
#include <cstdlib>

#include "app/agent/agent.hpp"
#include "app/agent/agent_settings.hpp"
#include "parts.hpp"
#include "posix/spawn.hpp"
#include "runners.hpp"
#include "support/real_ports.hpp"
#include "trialdir/experiment_dir.hpp"

namespace {

using namespace tw;

void add_options(CLI::App& app, AgentSettings& settings, WideSettings& wide) {
    app.add_option("--hosts", wide.hosts,
                   "several hosts of this allocation: auto, or names such as a:18,b:18 with their CPUs");
    app.add_option("--remote-template", wide.remote_template,
                   "starts a program on {host} (default: srun in Slurm, else ssh)");
    app.add_option("--mpiexec-template", wide.mpiexec_template,
                   "starts {ranks} on {hosts} or {slots}: what jobs find in TRIAL_MPIEXEC");
    app.add_option("--slots", settings.slots,
                   "CPUs to fill, of each host (default: those of its job, or that this process may use)")
        ->check(CLI::Range(1, 100000));
    app.add_option("--memory", settings.memory,
                   "memory to fill, such as 64G (default: that of its job, or what this process may use)");
    app.add_option("--gpus", settings.gpus, "ids such as 0,1, or none (default: those that are found)");
    app.add_flag(
        "--no-pin", settings.no_pin,
        "let jobs run on every CPU (default: each on CPUs of its own, where --slots leaves none to others)");
    app.add_option("--tmp", settings.tmp,
                   "where each run gets a TMPDIR of its own, or none (default: TMPDIR, or /tmp)");
    app.add_option("--parallel-runs", settings.agent.parallel_runs,
                   "at most so many at once (default: as many as fit)")
        ->check(CLI::Range(1, 100000));
    app.add_option("--total-runs", settings.agent.total_runs, "leave after so many")
        ->check(CLI::Range(1, 1000000000));
    app.add_option("--stagger", settings.stagger, "time between two starts, such as 2s");
    app.add_option(
        "--walltime", settings.walltime,
        "how long this allocation lasts from now, such as 1h30m (default: as the batch system says)");
    app.add_option("--idle", settings.idle,
                   "leave when nothing was to be done for so long (default: 10m; 0: never)");
    app.add_option("--poll", settings.poll, "time between looks at what gives no hint (default: 1s)");
    app.add_option("--beat", settings.beat, "time between two signs of life (default: 10s)");
    app.add_option("--pool", settings.pool, "said by the watcher that submits it")->expected(4)->group("");
}

// Whoever started a job of so many CPUs has told it so; its runs are smaller, and are told by it.
void forget_threads_of_all(const AgentSettings& settings) {
    const char* threads = std::getenv("OMP_NUM_THREADS");
    if (!settings.pool.empty() && threads && threads == std::to_string(settings.slots))
        ::unsetenv("OMP_NUM_THREADS");
}

// One agent for each node of this allocation: srun(1) starts them, and hands signals on. Never returns but
// with what is wrong.
Error become_srun(int argc, char** argv) {
    const char* nodes = std::getenv("SLURM_JOB_NUM_NODES");
    if (!nodes)
        return {Code::usage, "--launcher srun is for the inside of an allocation of Slurm",
                {},          {},
                0,           "without it one agent runs here"};
    std::string program = sibling_program("trialagent"), count = std::string("--nodes=") + nodes,
                tasks = std::string("--ntasks=") + nodes;
    std::vector<std::string> words{
        "srun", count, tasks, "--ntasks-per-node=1", "--cpu-bind=none", "--kill-on-bad-exit=0", program};
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        if (word == "--launcher") ++i;
        if (!word.starts_with("--launcher")) words.push_back(word);
    }
    return become(words);
}

}  // namespace

int main(int argc, char** argv) {
    std::string first = argc > 1 ? argv[1] : "";
    if (first == "--as-host") return run_as_host(argc, argv);
    if (first == "--as-rank") return run_as_rank(argc, argv);
    CLI::App app{"Claims jobs of an experiment and runs them on this node until its time is over."};
    std::string directory;
    bool quiet = false;
    AgentSettings settings;
    WideSettings wide;
    app.add_option("EXPERIMENT", directory, "the experiment directory")->required();
    add_options(app, settings, wide);
    std::string launcher;
    app.add_option("--launcher", launcher, "srun: an agent on each node of this allocation of Slurm")
        ->check(CLI::IsMember({"srun"}));
    for (auto* option : {"--remote-template", "--mpiexec-template"}) app.get_option(option)->needs("--hosts");
    app.get_option("--launcher")->excludes("--hosts");
    app.add_flag("-q,--quiet", quiet, "warnings only");
    app.set_version_flag("--version", TRIALWATCH_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!launcher.empty()) return report("trialagent", {become_srun(argc, argv)});
    forget_threads_of_all(settings);
    auto real = RealPorts::open(directory, "trialagent", quiet);
    if (!real) return report("trialagent", {real.error()});
    Ports ports = (*real)->ports();
    if (auto read = complete(settings, ports, (*real)->commands()); !read)
        return report("trialagent", {read.error()});
    auto identity = prepare_experiment(ports.fs, ports.processes.random_hex(16));
    if (!identity) return report("trialagent", {identity.error()});
    auto made = make_runner(**real, settings, wide, identity->id);
    if (!made) return report("trialagent", {made.error()});
    auto agent = Agent::start(ports, settings.agent, made->runner());
    if (!agent) return report("trialagent", {agent.error()});
    return (*agent)->run();
}
