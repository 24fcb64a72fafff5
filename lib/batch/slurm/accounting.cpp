#include "batch/slurm/accounting.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "batch/slurm/job_state.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {

namespace {

std::set<std::string> tokens_of(const std::vector<KnownJob>& jobs) {
    std::set<std::string> tokens;
    for (const KnownJob& job : jobs) tokens.insert(job.tag.token);
    return tokens;
}

std::set<JobTag> tags_of(const std::vector<KnownJob>& jobs) {
    std::set<JobTag> tags;
    for (const KnownJob& job : jobs) tags.insert(job.tag);
    return tags;
}

struct Record {
    std::string id, array, tasks, state, exit, nodes, name;
};

// A list may name a million elements: what nobody asked for is passed over first.
void add_ends(const Record& record, const std::set<JobTag>& known, std::vector<Found>& out) {
    auto ours = known.lower_bound({record.name, 0});
    if (ours == known.end() || ours->token != record.name) return;
    auto end = end_of(record.state, {}, record.exit);
    if (!end) return;
    std::vector<std::int64_t> indexes{0};
    if (!record.tasks.empty()) {
        auto list = parse_task_list(record.tasks);
        if (!list) return;
        indexes = list->indexes;
    }
    for (; ours != known.end() && ours->token == record.name; ++ours) {
        std::int64_t index = ours->index;
        if (!std::binary_search(indexes.begin(), indexes.end(), index)) continue;
        Found found;
        found.report.tag = *ours;
        found.report.id = index == 0 ? record.id : record.array + "_" + std::to_string(index);
        found.report.end = *end;
        found.array = index == 0 ? "" : record.array;
        found.nodes = record.nodes == "None assigned" || record.nodes == "(null)" ? "" : record.nodes;
        out.push_back(std::move(found));
    }
}

// The value behind the last " KEY=": a working directory may hold anything, but stands before those asked for so.
std::string last_value(const std::string& line, const std::string& key) {
    std::size_t at = line.rfind(" " + key + "=");
    if (at == line.npos) return {};
    at += key.size() + 2;
    return line.substr(at, line.find(' ', at) - at);
}

std::string first_value(const std::string& line, const std::string& key) {
    std::size_t at = line.find(" " + key + "=");
    if (at == line.npos) return {};
    at += key.size() + 2;
    return line.substr(at, line.find(' ', at) - at);
}

}  // namespace

// -X: no steps; -D: records of ids that were given twice. By name, so that an id need not be known. By default sacct
// begins at midnight.
std::vector<std::string> sacct_argv(std::uint32_t uid, const std::vector<KnownJob>& jobs) {
    auto tokens = tokens_of(jobs);
    return {"sacct", "--noheader", "--parsable2", "-X", "-D", "--uid=" + std::to_string(uid), "--starttime=now-30days",
            "--name=" + join({tokens.begin(), tokens.end()}, ","), "--format=JobID,State,ExitCode,NodeList,JobName"};
}

std::vector<Found> read_sacct(const std::string& output, const std::vector<KnownJob>& jobs) {
    std::vector<Found> found;
    auto tags = tags_of(jobs);
    for (const std::string& line : split(output, '\n')) {
        auto parts = split(line, '|');
        if (parts.size() != 5) continue;
        Record record{parts[0], {}, {}, parts[1], parts[2], parts[3], parts[4]};
        std::size_t bar = parts[0].find('_');
        record.array = parts[0].substr(0, bar);
        if (bar != std::string::npos) record.tasks = parts[0].substr(bar + 1);
        add_ends(record, tags, found);
    }
    return found;
}

std::vector<std::string> jobcomp_argv(const std::string& file, const std::vector<KnownJob>& jobs) {
    std::vector<std::string> argv{"grep", "-a", "-h", "-F"};
    for (const std::string& token : tokens_of(jobs)) argv.insert(argv.end(), {"-e", " Name=" + token + " JobState="});
    argv.insert(argv.end(), {"--", file});
    return argv;
}

std::vector<Found> read_jobcomp(const std::string& output, const std::vector<KnownJob>& jobs) {
    std::vector<Found> found;
    auto tags = tags_of(jobs);
    for (const std::string& line : split(output, '\n')) {
        if (!line.starts_with("JobId=")) continue;
        Record record;
        record.id = line.substr(6, line.find(' ') - 6);
        record.name = first_value(line, "Name");
        record.state = first_value(line, "JobState");
        record.nodes = first_value(line, "NodeList");
        record.array = last_value(line, "ArrayJobId");
        record.tasks = last_value(line, "ArrayTaskId");
        record.exit = last_value(line, "ExitCode");
        add_ends(record, tags, found);
    }
    return found;
}

}  // namespace tw::slurm
