// What is done with a job that HTCondor holds, by hold code and subcode.
//
// A held job waits for a person, for ever. So every code has a rule: what the cluster did is tried again,
// what will happen again ends the task. Codes: HTCondor manual, job attribute HoldReasonCode.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "batch/cluster/batch_ports.hpp"
#include "batch/scheduler.hpp"

namespace tw {

struct HoldRule {
    enum class Kind { wait, release, resubmit, fail };
    Kind kind = Kind::fail;
    Seconds delay{0};  // release: after this
    int times = 0;     // release: so often, then fail
    auto operator<=>(const HoldRule&) const = default;
};

// "wait", "release DELAY TIMES", "resubmit", "fail".
Result<HoldRule> parse_hold_rule(const std::string& text);

class HoldPolicy {
public:
    // "hold", "hold.CODE", "hold.CODE.SUBCODE"; other names are left alone.
    static Result<HoldPolicy> read(const OptionTable& options);
    static bool is_option(const std::string& name);

    HoldRule rule(int code, int subcode) const;

private:
    std::map<std::pair<int, int>, HoldRule> rules_;  // subcode -1: any
    HoldRule other_;                                 // codes that nobody named
};

// The rules of a policy without options: code and rule, as documented.
const std::vector<std::pair<int, std::string>>& default_hold_rules();
inline constexpr const char* default_hold_rule = "release 5m 3";  // codes that are not among them

// What a job that is ended for such a hold has died of.
EndCause hold_cause(int code);

}  // namespace tw
