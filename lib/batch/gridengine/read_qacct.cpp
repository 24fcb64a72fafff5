#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "batch/gridengine/answers.hpp"

namespace tw::gridengine {

namespace {

using Record = std::map<std::string, std::string>;

long leading_number(const std::string& text) {
    long value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// "-l h_rt=4,h_vmem=2G -pe smp 2": whether the job asked for such a resource.
bool asked_for(const std::string& category, std::string_view resource) {
    for (const char* before : {" ", ","})
        if ((" " + category).find(before + std::string(resource) + "=") != std::string::npos) return true;
    return false;
}

std::optional<long> seconds_asked(const std::string& category) {
    std::size_t at = category.find("h_rt=");
    if (at == category.npos) return {};
    return leading_number(category.substr(at + 5));
}

// 37 is one number for the limits of time and of memory.
EndCause limit_of(const Record& record) {
    const std::string& category = record.at("category");
    auto limit = seconds_asked(category);
    bool in_time = limit && leading_number(record.at("ru_wallclock")) < *limit;
    bool memory = asked_for(category, "h_vmem") || asked_for(category, "s_vmem");
    return memory && (!limit || in_time) ? EndCause::memory : EndCause::time_limit;
}

// The qmaster wrote the record itself, for a host that does not answer (qdel -f, a limit that it enforced): execd's own
// end of a job that ran over its limit has the signal's status.
bool nobody_saw_it(long failed, const Record& record) {
    return failed == 37 && leading_number(record.at("exit_status")) == 0;
}

// sge_status(5). Unset: it went back to the queue, or nobody knows.
std::optional<EndCause> cause_of(long failed, const Record& record) {
    switch (failed) {
        case 0: return EndCause::exited;
        case 12:
        case 13:
        case 14:
        case 15:
        case 16: return EndCause::exited;  // it ran; what came after it failed
        case 17:
        case 100: return EndCause::cancelled;  // by a signal: qdel, or whoever may kill it on its host
        case 37: return nobody_saw_it(failed, record) ? EndCause::node : limit_of(record);
        case 26:
        case 27:
        case 28:
        case 30: return EndCause::held;  // output file, shell, directory, exit status 100
        case 24:
        case 25: return {};
        default: return failed > 0 ? std::optional(EndCause::node) : std::nullopt;
    }
}

// The shepherd, which sees to the end of every process of a job, died before it could, or execd does not know the job.
bool shepherd_died(long failed) {
    return failed >= 18 && failed <= 23;
}

std::optional<JobReport> report(const Record& record) {
    for (const char* key :
         {"jobname", "jobnumber", "taskid", "failed", "exit_status", "ru_wallclock", "category"})
        if (!record.contains(key)) return {};
    if (auto part = record.find("pe_taskid");
        part != record.end() && part->second != "NONE" && part->second != "undefined")
        return {};
    long failed = leading_number(record.at("failed"));
    auto cause = cause_of(failed, record);
    if (!cause) return {};
    JobReport report;
    report.tag = {record.at("jobname"), std::max(0L, leading_number(record.at("taskid")))};
    report.id = record.at("jobnumber") + (report.tag.index > 0 ? "." + std::to_string(report.tag.index) : "");
    if (auto host = record.find("hostname"); host != record.end()) report.host = host->second;
    report.end.cause = *cause;
    report.end.status = static_cast<int>(std::max(0L, leading_number(record.at("exit_status"))));
    report.end.confirmed = !shepherd_died(failed) && !nobody_saw_it(failed, record);
    if (failed != 0)
        report.end.detail = "failed " + record.at("failed") + " after " + record.at("ru_wallclock");
    return report;
}

}  // namespace

// Records are lines "key   value", each after a line of "=".
std::vector<JobReport> read_qacct(const std::string& text) {
    std::vector<JobReport> reports;
    Record record;
    auto finish = [&] {
        if (auto made = report(record)) reports.push_back(*made);
        record.clear();
    };
    for (const std::string& line : split(text, '\n')) {
        if (line.starts_with("====")) {
            finish();
            continue;
        }
        std::size_t blank = line.find(' ');
        if (blank != line.npos) record[line.substr(0, blank)] = std::string(trim(line.substr(blank)));
    }
    finish();
    return reports;
}

std::map<std::string, std::string> read_error_reasons(const std::string& text) {
    std::map<std::string, std::string> reasons;
    std::string number;
    for (const std::string& line : split(text, '\n')) {
        if (line.starts_with("job_number:")) number = trim(line.substr(11));
        if (!line.starts_with("error reason")) continue;
        std::size_t colon = line.find(':');
        if (number.empty() || colon == line.npos) continue;
        std::string task(trim(line.substr(12, colon - 12)));
        std::string reason = shortened(std::string(trim(line.substr(colon + 1))), 300);
        reasons[number + "." + task] = reason;
        if (task == "1") reasons[number] = reason;
    }
    return reasons;
}

}  // namespace tw::gridengine
