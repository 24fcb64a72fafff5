#include "runners.hpp"

#include <fstream>
#include <sstream>

#include "app/agent/scratch_runner.hpp"
#include "app/agent/wide_runner.hpp"
#include "posix/conversation.hpp"
#include "posix/marked.hpp"
#include "posix/scratch.hpp"

namespace tw {

namespace {

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return fail(Code::io, "cannot read " + path, path);
    return text.str();
}

}  // namespace

HostRunner::HostRunner(Ports ports, std::unique_ptr<LocalRunner> jobs, const std::string& tmp)
    : jobs_(std::move(jobs)) {
    if (tmp.empty()) return;
    scratch_ = std::make_unique<PosixScratch>(tmp, ports.processes);
    scratched_ = std::make_unique<ScratchRunner>(*jobs_, *scratch_, ports.log);
}

Result<Runners> make_runner(RealPorts& real, AgentSettings& settings, const WideSettings& wide,
                            const std::string& experiment_id) {
    Ports ports = real.ports();
    Runners made;
    auto jobs = wide.hosts.empty()
                    ? std::make_unique<LocalRunner>(ports.processes, settings.local, experiment_id)
                    : LocalRunner::without_books(ports.processes, experiment_id);
    made.host = std::make_unique<HostRunner>(ports, std::move(jobs), settings.tmp);
    if (wide.hosts.empty()) return made;
    auto plan = plan_wide(wide, settings, ports, real.commands(), &read_file);
    if (!plan) return fail(plan.error());
    plan->options.program = sibling_program("trialagent");
    made.conversations = std::make_unique<PosixConversations>();
    made.marked = std::make_unique<PosixMarkedProcesses>();
    auto runner = WideRunner::start(ports, *made.conversations, *made.marked, made.host->runner(),
                                    std::move(plan->options), std::move(plan->templates), experiment_id);
    if (!runner) return fail(runner.error());
    settings.agent.memory = settings.agent.gpus = 0;
    for (const AgentHost& host : (*runner)->hosts()) {
        settings.agent.memory += host.memory;
        settings.agent.gpus += host.gpus;
    }
    made.wide = std::move(*runner);
    return made;
}

}  // namespace tw
