// Does with held jobs what the rules say.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "batch/htcondor/condor_calls.hpp"
#include "batch/htcondor/hold_advisor.hpp"
#include "batch/htcondor/htcondor_options.hpp"

namespace tw {

class HeldJobs {
public:
    HeldJobs(const BatchPorts& ports, const HtcondorOptions& options, const CondorCalls& calls,
             Seconds timeout, Seconds patience)
        : ports_(ports), options_(options), calls_(calls), timeout_(timeout), patience_(patience) {}

    // Releases and removes what is due. What a command failed to do is tried again later.
    void act(const std::vector<CondorJob*>& jobs);

private:
    struct Held {
        int times = 0;  // how often it had been released then: tells one hold from the next
        Seconds since{0};
        std::optional<Advice> advice;
        std::optional<Seconds> tried;
    };
    enum class Deed { none, release, node, end };

    bool is_news(const CondorJob& job) const;
    Held& entry(const CondorJob& job);
    Deed deed(const CondorJob& job, const Held& held) const;
    Deed release_or(const CondorJob& job, const HoldRule& rule, const Held& held) const;
    void carry_out(const std::map<EndCause, std::vector<CondorJob*>>& removals,
                   const std::vector<CondorJob*>& releases);

    const BatchPorts& ports_;
    const HtcondorOptions& options_;
    const CondorCalls& calls_;
    Seconds timeout_, patience_;
    std::map<CondorId, Held> held_;
};

}  // namespace tw
