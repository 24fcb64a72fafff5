// What runs the jobs of an agent: processes of this host, or helpers on several.
#pragma once

#include <memory>

#include "app/agent/wide_settings.hpp"
#include "ports/marked.hpp"
#include "ports/scratch.hpp"
#include "support/real_ports.hpp"

namespace tw {

// The processes of this host, each with a TMPDIR of its own in `tmp`; "": without.
class HostRunner {
public:
    HostRunner(Ports ports, std::unique_ptr<LocalRunner> jobs, const std::string& tmp);
    JobRunner& runner() { return scratched_ ? *scratched_ : *jobs_; }

private:
    std::unique_ptr<LocalRunner> jobs_;
    std::unique_ptr<Scratch> scratch_;
    std::unique_ptr<JobRunner> scratched_;
};

// Owns what a runner stands on.
struct Runners {
    std::unique_ptr<HostRunner> host;
    std::unique_ptr<Conversations> conversations;
    std::unique_ptr<MarkedProcesses> marked;
    std::unique_ptr<JobRunner> wide;
    JobRunner& runner() { return wide ? *wide : host->runner(); }
};

// `settings` as complete() left them; of several hosts `memory` and `gpus` of its agent become those of all.
Result<Runners> make_runner(RealPorts& real, AgentSettings& settings, const WideSettings& wide,
                            const std::string& experiment_id);

}  // namespace tw
