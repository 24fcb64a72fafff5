// A program of the user's that says what to do with a held job.
//
// It gets one JSON document on its standard input:
//   {"format": 1, "job": "12.3", "token": "...", "index": 3, "host": "node7", "hold": {"code": 13, "subcode":
//   2,
//    "reason": "..."}, "starts": 1, "releases": 0,
//    "events": [{"number": 1, "time": "2026-11-25 16:05:05", "text": "Job executing on host: ...", "reason":
//    ""}, ...]}
// and prints "release" or "remove". Anything else, a failure and silence leave the decision to the rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch/cluster/batch_ports.hpp"
#include "batch/htcondor/job_book.hpp"

namespace tw {

std::string advisor_question(const CondorJob& job);

enum class Advice { release, remove };

// `argv` runs in the experiment's directory.
std::optional<Advice> ask_hold_advisor(const BatchPorts& ports, const std::vector<std::string>& argv,
                                       const CondorJob& job, Seconds timeout);

}  // namespace tw
