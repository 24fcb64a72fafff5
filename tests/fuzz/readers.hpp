// The functions behind the list; see reader.hpp.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace tw::fuzz {

std::optional<Code> config(const std::string& bytes);
std::optional<Code> result(const std::string& bytes);
std::optional<Code> outcome(const std::string& bytes);
std::optional<Code> metrics(const std::string& bytes);
std::optional<Code> request(const std::string& bytes);
std::optional<Code> identity(const std::string& bytes);
std::optional<Code> owner(const std::string& bytes);
std::optional<Code> goal(const std::string& bytes);
std::optional<Code> stopped(const std::string& bytes);
std::optional<Code> agent_card(const std::string& bytes);
std::optional<Code> agent_job(const std::string& bytes);
std::optional<Code> experiment(const std::string& bytes);
std::optional<Code> foreign_space(const std::string& bytes);  // a search space of another tool

std::optional<Code> segment(const std::string& bytes);   // a file of the journal as it is
std::optional<Code> history(const std::string& bytes);   // lines: an owner and events, framed and replayed
std::optional<Code> event(const std::string& bytes);     // one line
std::optional<Code> recorded(const std::string& bytes);  // a trial of the optimizer's record

std::optional<Code> claim(const std::string& bytes);
std::optional<Code> names(const std::string& bytes);  // lines: names of events, attempts, trials, stages

std::optional<Code> submit(const std::string& bytes);       // a generated submit description
std::optional<Code> sbatch_file(const std::string& bytes);  // a generated batch script of Slurm
std::optional<Code> submit_item(const std::string& bytes);  // a line of a frozen list
std::optional<Code> units(const std::string& bytes);        // lengths of time, sizes, points in time, scalars

std::optional<Code> squeue(const std::string& bytes);      // what squeue prints
std::optional<Code> accounts(const std::string& bytes);    // what sacct prints, and lines of a jobcomp file
std::optional<Code> condor_log(const std::string& bytes);  // a job event log
std::optional<Code> class_ads(const std::string& bytes);   // what condor_q -long prints
std::optional<Code> qstat(const std::string& bytes);       // qstat -xml, of jobs, of queues
std::optional<Code> qacct(const std::string& bytes);       // qacct -j, and reasons of qstat -j

}  // namespace tw::fuzz
