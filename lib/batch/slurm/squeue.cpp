#include "batch/slurm/squeue.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "batch/slurm/job_state.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {

namespace {

// A name may hold anything, a newline too. So a record begins with '=', ends with "|.", and has the name, which for
// ours is a plain word, behind all that is ours to know; the reason is Slurm's text.
constexpr const char* format = "--format==%A|%F|%K|%T|%N|%B|%j|%r|.";
constexpr std::string_view record_end = "|.";
constexpr std::size_t fields = 8;

QueueRow make_row(const std::vector<std::string>& parts) {
    QueueRow row{parts[0].substr(1), parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], {}};
    row.reason = join({parts.begin() + 7, parts.end() - 1}, "|");
    if (row.host == "n/a" || row.host == "N/A") row.host.clear();
    return row;
}

using Tags = std::map<std::string, std::set<std::int64_t>>;

Result<std::vector<std::int64_t>> wanted_elements(const QueueRow& row, const std::set<std::int64_t>& known) {
    if (row.tasks == "N/A" || row.tasks.empty())
        return known.contains(0) ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>{};
    auto list = parse_task_list(row.tasks);
    if (!list) return fail(Code::io, fmt::format("squeue lists the elements of job {} as '{}'", row.array, row.tasks));
    std::erase_if(list->indexes, [&](std::int64_t index) { return !known.contains(index); });
    return list->indexes;
}

Found make_found(const QueueRow& row, std::int64_t index) {
    Found found;
    found.report.tag = {row.name, index};
    found.report.id = index == 0 ? row.id : fmt::format("{}_{}", row.array, index);
    found.report.host = row.host;
    found.array = index == 0 ? "" : row.array;
    found.nodes = row.nodes;
    if (auto end = end_of(row.state, row.reason, {})) {
        found.report.end = *end;
    } else {
        found.report.state = state_of(row.state, row.reason);
        if (row.reason != "None") found.report.detail = row.reason;
    }
    return found;
}

}  // namespace

// --states=all: what ended within MinJobAge (300 s by default) comes with its cause, which saves asking for it; the
// controller sends all of the user's jobs anyway. --all: jobs in hidden partitions. Waiting elements of an array are one
// line, whatever their number.
std::vector<std::string> squeue_argv(std::uint32_t uid) {
    return {"squeue", "--noheader", "--all", "--states=all", "--user=" + std::to_string(uid), format};
}

Result<std::vector<QueueRow>> read_squeue(const std::string& output) {
    std::vector<QueueRow> rows;
    bool inside = false;
    for (const std::string& line : split(output, '\n')) {
        bool begins = !inside && line.starts_with('='), ends = line.ends_with(record_end);
        if (!begins && !inside && !line.empty())
            return fail(Code::io, fmt::format("squeue printed '{}'", shortened(line, 100)));
        inside = (begins || inside) && !ends;
        if (!begins || !ends) continue;
        auto parts = split(line, '|');
        if (parts.size() <= fields) return fail(Code::io, fmt::format("squeue printed '{}'", shortened(line, 100)));
        rows.push_back(make_row(parts));
    }
    if (inside || (!output.empty() && !output.ends_with('\n'))) return fail(Code::io, "squeue's answer is cut off");
    return rows;
}

Result<std::vector<Found>> find_jobs(const std::vector<QueueRow>& rows, const std::vector<KnownJob>& known) {
    Tags tags;
    for (const KnownJob& job : known) tags[job.tag.token].insert(job.tag.index);
    std::vector<Found> found;
    for (const QueueRow& row : rows) {
        auto ours = tags.find(row.name);
        if (ours == tags.end()) continue;
        auto indexes = wanted_elements(row, ours->second);
        if (!indexes) return fail(indexes.error());
        for (std::int64_t index : *indexes) found.push_back(make_found(row, index));
    }
    return found;
}

std::vector<JobReport> reports_of(const std::vector<Found>& found) {
    std::vector<JobReport> reports;
    for (const Found& one : found) reports.push_back(one.report);
    return reports;
}

}  // namespace tw::slurm
