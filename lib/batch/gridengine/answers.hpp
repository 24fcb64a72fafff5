// What the programs of Grid Engine print, read. Recorded from 8.1.9; manuals: qstat(1), qacct(1),
// sge_accounting(5), sge_status(5).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "batch/cluster/batch_system.hpp"
#include "ports/commands.hpp"

namespace tw::gridengine {

// A task as qstat shows it.
struct QueuedTask {
    JobTag tag;
    std::string number;  // of the job
    std::string state;   // "r", "qw", "Eqw", "dr" ...
    std::string host;
    bool waits() const { return state.find('w') != state.npos; }
    bool in_error() const { return state.find('E') != state.npos; }
    bool being_deleted() const { return state.find('d') != state.npos; }
    std::string id() const { return tag.index == 0 ? number : number + "." + std::to_string(tag.index); }
};

// `qstat -xml`. Code::io where it is not surely whole. Jobs whose name is no token are left out.
Result<std::vector<QueuedTask>> read_qstat(const std::string& xml);

// "1-4:1,6,9,11-15:2"
Result<std::vector<std::int64_t>> read_tasks(const std::string& text);

// Of QueuedTask, without an error's reason.
JobReport report_of(const QueuedTask& task);

// `qstat -g c -xml`: slots of all queues; 0 where it does not say.
int read_slots(const std::string& xml);

// `qstat -f -qs u -xml`: hosts that do not answer the qmaster.
std::vector<std::string> read_silent_hosts(const std::string& xml);

// `qstat -j 1,2`: error reasons by QueuedTask::id(); a job that is no array has its reason under both "7" and
// "7.1".
std::map<std::string, std::string> read_error_reasons(const std::string& text);

// `qacct -j`. Records of jobs that went back to the queue, and of the parts of a parallel job, are left out.
std::vector<JobReport> read_qacct(const std::string& text);

// The job's number, or numbers and range, of `qsub -terse`.
Result<std::string> read_job_number(const std::string& output);

// Why a command failed. Code::io: the qmaster did not answer, so nothing is known. Code::busy: too many jobs.
// Code::refused: it has answered.
Error refusal(const std::string& program, const CommandResult& result);

// A refused submission that would be refused again.
bool for_good(const Error& error);

}  // namespace tw::gridengine
