// Where everything is: protocol/01-layout-names.md as functions. Paths are relative to the experiment.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"

namespace tw::layout {

inline const std::string experiment_file = "experiment.json";
inline const std::string trials = "trials";
inline const std::string private_directory = ".trialwatch";
inline const std::string identity = ".trialwatch/id";
inline const std::string journal = ".trialwatch/journal";
inline const std::string claims = ".trialwatch/claims";
inline const std::string spool = ".trialwatch/spool";
inline const std::string programs = ".trialwatch/bin";
inline const std::string scripts = ".trialwatch/scripts";
inline const std::string once = ".trialwatch/once";
inline const std::string requests = ".trialwatch/requests";
inline const std::string optimizer = ".trialwatch/optimizer";
inline const std::string beats = ".trialwatch/beats";
inline const std::string jobs = ".trialwatch/jobs";
inline const std::string agents = ".trialwatch/agents";
inline const std::string agents_queue = ".trialwatch/agents/queue";
inline const std::string agents_pool = ".trialwatch/agents/pool";
inline const std::string zombies = ".trialwatch/zombies";
inline const std::string paused = ".trialwatch/paused";
inline const std::string ballast = ".trialwatch/ballast";

inline constexpr int shards = 16;
std::string shard_name(int shard);  // "00" ... "15"

std::string trial(const TrialId& id);  // trials/<id>; the once/ directory for "@before" and "@after"
std::string config(const TrialId& id);
std::string result_of(const TrialId& id, const std::string& done);
std::string outcome(const TrialId& id);
std::string claims_of(const TrialId& id);
std::string claim(const TrialId& id, const AttemptKey& key);
std::string jobs_of(const TrialId& id, std::int64_t incarnation);  // what batch systems are given to run
std::string gate(const TrialId& id, std::int64_t incarnation);
std::string epoch(std::int64_t number);  // ten digits: names sort as numbers

}  // namespace tw::layout
