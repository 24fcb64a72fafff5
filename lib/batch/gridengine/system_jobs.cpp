// Looking at jobs and ending them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/gridengine/submit_line.hpp"
#include "batch/gridengine/system.hpp"

namespace tw::gridengine {

namespace {

constexpr std::size_t most_words = 500;  // of one command line

// "12", "26.1-4:1": all tasks of one job that lie in a row are one word.
std::vector<std::string> words_of(const std::vector<QueuedTask>& tasks) {
    std::map<std::string, std::vector<std::int64_t>> by_job;
    for (const QueuedTask& task : tasks) by_job[task.number].push_back(task.tag.index);
    std::vector<std::string> words;
    for (auto& [number, indexes] : by_job) {
        std::sort(indexes.begin(), indexes.end());
        indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
        for (const TaskRange& range : ranges_of(indexes))
            words.push_back(range.first == 0 ? number : number + "." + range.text());
    }
    return words;
}

// Lines of qdel and qmod about jobs that meanwhile ended or are ending: what was wanted.
bool is_settled(const std::string& line) {
    static constexpr std::string_view signs[] = {
        "has registered", "has deleted",         "does not exist",
        "do not exist",   "already in deletion", "invalid queue or job",
        "suspended job",  "cleared error state", "can not be applied"};
    return std::any_of(std::begin(signs), std::end(signs),
                       [&](auto sign) { return line.find(sign) != line.npos; });
}

Status judged(const std::string& program, const CommandResult& result) {
    if (result.status == 0) return {};
    Error error = refusal(program, result);
    if (error.code != Code::refused) return fail(error);
    for (const std::string& line : split(result.output + "\n" + result.error, '\n')) {
        if (trim(line).empty() || is_settled(line) || line.find_first_not_of("0123456789., ") == line.npos)
            continue;
        return fail(Code::refused, fmt::format("{}: {}", program, shortened(std::string(trim(line)), 300)));
    }
    return {};
}

}  // namespace

Status System::apply(const std::string& program, std::vector<std::string> words, const Tasks& tasks) {
    std::vector<std::string> all = words_of(tasks);
    for (std::size_t begin = 0; begin < all.size(); begin += most_words) {
        std::vector<std::string> call = words;
        std::size_t end = std::min(all.size(), begin + most_words);
        call.insert(call.end(), all.begin() + static_cast<std::ptrdiff_t>(begin),
                    all.begin() + static_cast<std::ptrdiff_t>(end));
        auto answer = run(program, call);
        if (!answer) return fail(answer.error());
        if (auto done = judged(program, *answer); !done) return done;
    }
    return {};
}

// Only jobs that are looked for are touched: another experiment's, or somebody's who runs one for us, look
// alike.
Result<std::vector<JobReport>> System::look(const std::vector<KnownJob>& known) {
    auto tasks = qstat();
    if (!tasks) return fail(tasks.error());
    std::set<JobTag> ours;
    for (const KnownJob& job : known) ours.insert(job.tag);
    Tasks broken;
    for (const QueuedTask& task : *tasks)
        if (task.in_error() && !task.being_deleted() && ours.contains(task.tag)) broken.push_back(task);
    auto settled = settle_errors(broken);
    std::vector<JobReport> reports;
    for (const QueuedTask& task : *tasks) {
        auto found = settled.find(task.id());
        reports.push_back(found == settled.end() ? report_of(task) : found->second);
    }
    return reports;
}

// The error state is Grid Engine's "I could not start it", and nobody but a person or we end it.
std::map<std::string, JobReport> System::settle_errors(const Tasks& broken) {
    std::map<std::string, JobReport> reports;
    if (broken.empty()) return reports;
    learn_reasons(broken);
    Tasks again, over;
    for (const QueuedTask& task : broken)
        (cleared_[task.id()] < options_.clears ? again : over).push_back(task);
    clear_errors(again, reports);
    remove_broken(over, reports);
    return reports;
}

// One call for all whose reason is not known; without an answer they are told of without it.
void System::learn_reasons(const Tasks& broken) {
    std::set<std::string> numbers;
    for (const QueuedTask& task : broken)
        if (!reasons_.contains(task.id()) && numbers.size() < most_words) numbers.insert(task.number);
    if (numbers.empty()) return;
    auto answer = run("qstat", {"-j", join({numbers.begin(), numbers.end()}, ",")});
    if (answer) reasons_.merge(read_error_reasons(answer->output));
}

std::string System::reason(const QueuedTask& task) const {
    auto found = reasons_.find(task.id());
    return found == reasons_.end() ? "" : ": " + found->second;
}

void System::clear_errors(const Tasks& tasks, std::map<std::string, JobReport>& reports) {
    if (tasks.empty()) return;
    auto done = apply("qmod", {"-cj"}, tasks);
    for (const QueuedTask& task : tasks) {
        JobReport report = report_of(task);
        report.detail += reason(task);
        int& times = cleared_[task.id()];
        report.detail += done ? fmt::format("; cleared, {} of {} times", ++times, options_.clears)
                              : "; it could not be cleared: " + done.error().what;
        reasons_.erase(task.id());
        reports[task.id()] = report;
    }
}

// Nothing of such a job has ever run; it is still there where it could not be removed.
void System::remove_broken(const Tasks& tasks, std::map<std::string, JobReport>& reports) {
    if (tasks.empty()) return;
    auto done = apply("qdel", {}, tasks);
    for (const QueuedTask& task : tasks) {
        JobReport report = report_of(task);
        report.detail += reason(task);
        if (done) {
            report.state.reset();
            report.end = {EndCause::held, 0, true, report.detail};
        }
        reports[task.id()] = report;
        reasons_.erase(task.id());
        cleared_.erase(task.id());
    }
}

// By name, as qstat shows it this moment: whatever number a job had, it is looked up again. A number that is
// given to somebody else between the two commands would take 10^7 submissions, or a spool that is lost within
// a second.
Status System::cancel(const std::vector<KnownJob>& jobs, CancelHow how) {
    if (jobs.empty()) return {};
    auto tasks = qstat();
    if (!tasks) return fail(tasks.error());
    std::set<JobTag> wanted;
    for (const KnownJob& job : jobs) wanted.insert(job.tag);
    std::erase_if(*tasks, [&](auto& task) { return !wanted.contains(task.tag); });
    Tasks running, dying;
    for (const QueuedTask& task : *tasks) (task.being_deleted() ? dying : running).push_back(task);
    Tasks fresh = running;
    std::erase_if(running, [](auto& task) { return task.waits(); });
    // See batch_script.hpp. Where a site does not let users suspend, the job ends after its grace.
    if (how == CancelHow::kill && !running.empty())
        if (auto told = apply("qmod", {"-sj"}, running); !told && told.error().code == Code::io) return told;
    if (!fresh.empty())
        if (auto deleted = apply("qdel", {}, fresh); !deleted) return deleted;
    if (how == CancelHow::kill && !dying.empty()) forget_silent_hosts(dying);
    return {};
}

// A job whose host does not answer stays in deletion for ever. Who may force it, forces it: that the job has
// ended is then nobody's word. On hosts that answer it would only lose the record.
void System::forget_silent_hosts(const Tasks& tasks) {
    auto answer = run("qstat", {"-f", "-qs", "u", "-xml"});
    if (!answer || answer->status != 0) return;
    std::vector<std::string> silent = read_silent_hosts(answer->output);
    Tasks lost = tasks;
    std::erase_if(
        lost, [&](auto& task) { return std::find(silent.begin(), silent.end(), task.host) == silent.end(); });
    if (lost.empty()) return;
    auto forced = apply("qdel", {"-f"}, lost);
    ports_.log.warn("{} jobs are on hosts that do not answer; {}", lost.size(),
                    forced ? "they were struck off" : "they cannot be struck off: " + forced.error().what);
}

}  // namespace tw::gridengine
