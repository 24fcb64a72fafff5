#include "batch/slurm/scancel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {

namespace {

constexpr std::size_t longest_line = 60000;  // of a command; Linux takes 128 KiB in one word, and 2 MiB in all

bool says(const std::string& line, std::string_view phrase) {
    return line.find(phrase) != line.npos;
}

// slurm_errno.c: ESLURM_INVALID_JOB_ID, ESLURM_ALREADY_DONE.
bool is_over(const std::string& line) {
    return says(line, "Invalid job id") || says(line, "already completing or completed") || says(line, "has finished");
}

// ESLURM_TRANSITION_STATE_NO_UPDATE, ESLURM_JOB_PENDING: it was waiting when it was looked up, or the other way round.
bool is_changing(const std::string& line) {
    return says(line, "can not be altered now") || says(line, "pending execution");
}

}  // namespace

std::vector<std::string> job_words(const std::vector<Found>& jobs) {
    std::vector<std::string> words;
    std::map<std::string, std::vector<std::int64_t>> arrays;
    for (const Found& job : jobs) {
        if (job.array.empty())
            words.push_back(job.report.id);
        else
            arrays[job.array].push_back(job.report.tag.index);
    }
    for (auto& [array, indexes] : arrays) {
        std::sort(indexes.begin(), indexes.end());
        words.push_back(fmt::format("{}_[{}]", array, format_task_list(indexes)));
    }
    return words;
}

std::vector<std::vector<std::string>> scancel_argvs(const std::vector<std::string>& how, const std::vector<std::string>& jobs) {
    std::vector<std::vector<std::string>> argvs;
    std::size_t length = 0;
    for (const std::string& job : jobs) {
        if (argvs.empty() || length + job.size() > longest_line) {
            argvs.push_back({"scancel"});
            argvs.back().insert(argvs.back().end(), how.begin(), how.end());
            length = 0;
        }
        argvs.back().push_back(job);
        length += job.size() + 1;
    }
    return argvs;
}

Status read_cancelled(const CommandResult& result) {
    if (result.status == 0) return {};
    bool changing = false;
    for (const std::string& line : split(result.error, '\n')) {
        if (trim(line).empty() || is_over(line)) continue;
        if (!is_changing(line)) return fail(Code::io, std::string(trim(line)));
        changing = true;
    }
    if (trim(result.error).empty()) return fail(Code::io, fmt::format("scancel left with {}", result.status));
    if (changing) return fail(Code::busy, "scancel met jobs that were just starting");
    return {};
}

}  // namespace tw::slurm
