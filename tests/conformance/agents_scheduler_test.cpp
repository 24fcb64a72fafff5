// The agents backend with a real agent: the suite.
#include "batch/agents/agents_scheduler.hpp"

#include <csignal>

#include "conformance/scheduler_conformance.hpp"
#include "posix/clock.hpp"
#include "posix/commands.hpp"
#include "posix/filesystem.hpp"
#include "posix/processes.hpp"
#include "support/said_log.hpp"
#include "support/temp_directory.hpp"

namespace tw::conformance {
namespace {

class AgentsHarness : public SchedulerHarness {
public:
    ~AgentsHarness() override {
        if (!agent_) return;
        (void)processes_.signal(*agent_, SIGTERM);
        while (processes_.alive(*agent_)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    std::string directory() override { return temporary_ / "experiment"; }
    std::unique_ptr<Scheduler> make() override {
        if (!fs_) fs_ = std::move(*PosixFileSystem::open(directory()));
        if (!agent_) start_agent();
        AgentsOptions options;
        options.max_queued = 50;
        options.poll = Seconds(0.02);
        return std::make_unique<AgentsScheduler>(
            BatchPorts{*fs_, clock_, processes_, commands_, log_, JobSite::id()}, options);
    }
    Resources everything() override {
        Resources resources;
        resources.cpus = 2;
        return resources;
    }
    Resources impossible() override {  // how large the agents of tomorrow are nobody knows
        Resources resources;
        resources.nodes = 1'000'000;
        return resources;
    }
    bool starts_wrappers_in_vain() override { return false; }

private:
    void start_agent() {
        Spawn spawn;
        spawn.argv = {TRIALAGENT, directory(), "--slots", "2", "--gpus",   "none",
                      "--poll",   "0.02",      "--beat",  "1", "--no-pin", "-q"};
        spawn.environment = processes_.environment();
        auto agent = processes_.spawn(spawn);
        if (agent) agent_ = *agent;
    }

    support::TempDirectory temporary_;
    PosixProcesses processes_;
    SystemClock clock_;
    PosixCommands commands_;
    support::SaidLog log_;
    std::unique_ptr<FileSystem> fs_;
    std::optional<ProcessId> agent_;
};

std::unique_ptr<SchedulerHarness> make_agents() {
    return std::make_unique<AgentsHarness>();
}

INSTANTIATE_TEST_SUITE_P(Agents, SchedulerConformance, testing::Values(&make_agents),
                         [](const auto&) { return std::string("real_agent"); });

}  // namespace
}  // namespace tw::conformance
