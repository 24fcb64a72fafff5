// Why an optimizer proposes no more, before its goal: .trialwatch/optimizer/stopped.<epoch>.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "records/experiment.hpp"

namespace tw {

// In the order in which they are written and asked.
inline constexpr const char* stop_rules[] = {"time", "target", "patience", "regret"};

struct Stopped {
    std::string rule;    // of optimizer.stop
    double setting = 0;  // what it said; seconds for `time`
    std::string reason;  // for people
};

Result<Stopped> read_stopped(const std::string& text, const std::string& file);
std::string write_stopped(const Stopped& stopped);

// What a rule says in experiment.json; nothing where it is not there.
std::optional<double> setting_of(const StopSpec& spec, const std::string& rule);

}  // namespace tw
