// One squeue for all jobs of the user, and what it prints. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "batch/cluster/batch_system.hpp"

namespace tw::slurm {

// One line: a job, or all elements of an array that still wait.
struct QueueRow {
    std::string id;     // of the job; of an element that was started, its own
    std::string array;  // that its elements are named by: ARRAY_INDEX
    std::string tasks;  // "7", "5-9%2", "N/A"
    std::string state, nodes, host, name, reason;
};

std::vector<std::string> squeue_argv(std::uint32_t uid);

// Rows of other jobs are left out where their names hold a newline. Code::io where the text is cut off.
Result<std::vector<QueueRow>> read_squeue(const std::string& output);

// A row's element that is wanted.
struct Found {
    JobReport report;
    std::string array;  // as above; "" for a job that is no array
    std::string nodes;  // that it was given; "" while it waits
};

// The elements that have a tag in `known`; a tag that was handed over twice is found twice. Code::io where a list of
// elements cannot be read: it may be abridged.
Result<std::vector<Found>> find_jobs(const std::vector<QueueRow>& rows, const std::vector<KnownJob>& known);

std::vector<JobReport> reports_of(const std::vector<Found>& found);

}  // namespace tw::slurm
