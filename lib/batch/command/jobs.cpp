// Looking at jobs and ending them.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/text.hpp"
#include "batch/command/system.hpp"

namespace tw::command {

namespace {

std::int64_t number_in(const std::map<std::string, std::string>& groups, const char* name) {
    auto found = groups.find(name);
    std::int64_t value = 0;
    if (found != groups.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

constexpr std::size_t most_ids = 500;  // of one command line

}  // namespace

std::string System::element_of(const std::string& id, std::int64_t index) const {
    if (index == 0 || !options_.element) return id;
    return join(options_.element->fill({{"id", {id}}, {"index", {std::to_string(index)}}}), "");
}

// That a job has ended is said of jobs on dead nodes too: it confirms nothing. Nor does it say why: who was killed has
// ended like who failed, unless a status comes with it.
JobReport System::report_of(const std::map<std::string, std::string>& line) const {
    JobReport report;
    report.tag = {line.at("name"), number_in(line, "index")};
    report.id = element_of(line.at("id"), report.tag.index);
    if (auto host = line.find("host"); host != line.end()) report.host = trim(host->second);
    const std::string& state = line.at("state");
    auto is = [&](const std::optional<Pattern>& pattern) { return pattern && pattern->is_all(state); };
    report.state = JobState::running;
    if (is(options_.queued)) report.state = JobState::queued;
    if (is(options_.held)) report.state = JobState::held;
    if (is(options_.ended)) report.state.reset();
    if (!report.state)
        report.end = {line.contains("status") ? EndCause::exited : EndCause::unknown,
                      static_cast<int>(number_in(line, "status")), false, "state " + state};
    else if (!is(options_.running) && !is(options_.queued))
        report.detail = "state " + state;
    return report;
}

// A job without an index is the one of that name that is known: where there are no arrays, a task has a token
// of its own. What is too long for a pattern is cut off at its end, which is where hosts stand.
Result<std::vector<JobReport>> System::read_jobs(const std::string& output,
                                                 const std::vector<KnownJob>& known) const {
    std::map<std::string, std::int64_t> only;
    for (const KnownJob& job : known) only[job.tag.token] = job.tag.index;
    std::vector<JobReport> reports;
    for (const std::string& whole : split(output, '\n')) {
        std::string line = whole.substr(0, longest_text);
        std::map<std::string, std::string> groups;
        if (!options_.line.find(line, groups)) {
            bool other = options_.ignore ? options_.ignore->is_in(line)
                                         : trim(line).empty();
            if (other || trim(line).empty()) continue;
            return fail({Code::io,
                         "a line of the status command is no job: " + shortened(line, 200),
                         {},
                         {},
                         0,
                         "the option line says what a job looks like, ignore what else may be there"});
        }
        for (const char* name : {"id", "name", "state"}) groups.try_emplace(name);
        JobReport report = report_of(groups);
        auto named = only.find(report.tag.token);
        if (named == only.end()) continue;
        if (!options_.array) report.tag.index = named->second;
        reports.push_back(std::move(report));
    }
    return reports;
}

Result<std::vector<JobReport>> System::ask(const CommandWords& command, const std::vector<KnownJob>& known) {
    Values values{{"user", {ports_.processes.self().user}}};
    for (const KnownJob& job : known)
        if (!job.id.empty()) values["ids"].push_back(job.id);
    auto words = command.fill(values);
    auto answer = run(words);
    if (!answer) return fail(answer.error());
    bool nothing = answer->status != 0 || trim(answer->output).empty();
    if (nothing && options_.absent &&
        options_.absent->is_in((answer->error + "\n" + answer->output).substr(0, longest_text)))
        return std::vector<JobReport>{};
    if (answer->status != 0) {
        Error error = refused(words.front(), *answer);
        error.code = Code::io;
        return fail(error);
    }
    return read_jobs(answer->output, known);
}

Result<std::vector<JobReport>> System::look(const std::vector<KnownJob>& known) {
    return ask(options_.status, known);
}

Result<std::vector<JobReport>> System::recall(const std::vector<KnownJob>& jobs) {
    if (!options_.history || jobs.empty()) return std::vector<JobReport>{};
    auto reports = ask(*options_.history, jobs);
    if (reports) std::erase_if(*reports, [](auto& report) { return report.state.has_value(); });
    return reports;
}

// By the names that the status command shows this moment; ids that were seen before are not used.
Status System::cancel(const std::vector<KnownJob>& jobs, CancelHow how) {
    if (jobs.empty()) return {};
    auto there = look(jobs);
    if (!there) return fail(there.error());
    std::set<JobTag> wanted;
    for (const KnownJob& job : jobs) wanted.insert(job.tag);
    std::vector<JobReport> signalled, removed;
    for (const JobReport& job : *there) {
        if (!job.state || !wanted.contains(job.tag)) continue;
        bool asked = how == CancelHow::terminate && job.state == JobState::running && options_.signal;
        (asked ? signalled : removed).push_back(job);
    }
    if (auto told = signalled.empty() ? Status{} : tell(*options_.signal, signalled); !told) return told;
    return removed.empty() ? Status{} : tell(options_.cancel, removed);
}

// A command that names jobs which ended meanwhile may fail for those, and has then done the others.
Status System::tell(const CommandWords& command, const std::vector<JobReport>& jobs) {
    std::size_t step = command.mentions("id") ? 1 : most_ids;
    for (std::size_t begin = 0; begin < jobs.size(); begin += step) {
        Values values{{"user", {ports_.processes.self().user}}};
        for (std::size_t i = begin; i < std::min(jobs.size(), begin + step); ++i)
            values["ids"].push_back(jobs[i].id);
        values["id"] = {jobs[begin].id};
        auto words = command.fill(values);
        auto answer = run(words);
        if (!answer) return fail(answer.error());
        if (answer->status == 0) continue;
        if (options_.gone && options_.gone->is_in((answer->error + answer->output).substr(0, longest_text)))
            continue;
        return fail(refused(words.front(), *answer));
    }
    return {};
}

}  // namespace tw::command
