// The conformance suite over a real batch system, through ClusterScheduler as the watcher has it.
#pragma once

#include "batch/cluster/cluster_scheduler.hpp"
#include "conformance/scheduler_conformance.hpp"
#include "posix/clock.hpp"
#include "posix/commands.hpp"
#include "posix/filesystem.hpp"
#include "posix/processes.hpp"
#include "support/said_log.hpp"
#include "support/temp_directory.hpp"

namespace tw::clusters {

using SystemMaker = Result<std::unique_ptr<BatchSystem>> (*)(const BatchPorts& ports, const SystemSettings& settings);

class ClusterHarness : public conformance::SchedulerHarness {
public:
    // `everything`: what one job must ask for so that no other one fits beside it.
    ClusterHarness(SystemMaker maker, OptionTable options, Resources everything)
        : maker_(maker), options_(std::move(options)), everything_(std::move(everything)) {
        // One host: what is written is seen at once. A test cannot wait a minute for a look.
        options_.emplace("visibility", "0.3s");
        options_.emplace("poll", "0.3s");
        options_.emplace("submits_per_minute", "100000");
        options_.emplace("max_queued", "100");
    }

    std::string directory() override {
        boost::filesystem::create_directories(temporary_ / "experiment");
        return temporary_ / "experiment";
    }
    std::unique_ptr<Scheduler> make() override {
        if (!fs_) fs_ = PosixFileSystem::open(directory()).value();
        BatchPorts ports{*fs_, clock_, processes_, commands_, log, conformance::JobSite::id()};
        auto options = read_cluster_options(options_).value();
        return std::make_unique<ClusterScheduler>("cluster", ports, options, maker_(ports, options.system).value());
    }
    Resources everything() override { return everything_; }
    std::chrono::seconds patience() override { return std::chrono::seconds(300); }

    support::SaidLog log;

private:
    SystemMaker maker_;
    OptionTable options_;
    Resources everything_;
    support::TempDirectory temporary_;
    std::unique_ptr<FileSystem> fs_;
    SystemClock clock_;
    PosixProcesses processes_;
    PosixCommands commands_;
};

}  // namespace tw::clusters
