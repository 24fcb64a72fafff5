#include "batch/htcondor/queue_answer.hpp"

#include <fmt/format.h>

#include "batch/htcondor/class_ads.hpp"

namespace tw {

namespace {

constexpr const char* attributes =
    "ClusterId,ProcId,TrialwatchToken,TrialwatchIndex,JobStatus,NumJobStarts,RemoteHost,LastRemoteHost,"
    "HoldReason,"
    "HoldReasonCode,HoldReasonSubCode,ExitCode,ExitBySignal,ExitSignal,RemoveReason";

// Manual, job attribute JobStatus: 1 idle, 2 running, 3 removed, 4 completed, 5 held, 6 transferring output,
// 7 suspended. A removed one is in the queue until its machine has ended it.
CondorJob::Phase phase_of(std::int64_t status) {
    if (status == 1) return CondorJob::Phase::idle;
    if (status == 5) return CondorJob::Phase::held;
    if (status == 4) return CondorJob::Phase::ended;
    return CondorJob::Phase::running;
}

JobEnd end_of(const ClassAd& ad, std::int64_t status, int starts) {
    JobEnd end;
    if (status == 4) {
        auto signal = ad.number("ExitSignal");
        end.cause = EndCause::exited;
        end.status = static_cast<int>(signal ? 128 + *signal : ad.number("ExitCode").value_or(0));
        end.confirmed = starts <= 1;
    } else if (status == 3) {
        end.detail = ad.text("RemoveReason");
        end.cause = read_removal_reason(end.detail).value_or(EndCause::cancelled);
        end.confirmed = starts == 0;
    }
    return end;
}

std::string host_of(const ClassAd& ad) {
    std::string host = ad.has("RemoteHost") ? ad.text("RemoteHost") : ad.text("LastRemoteHost");
    return host.substr(host.find('@') + 1);
}

std::optional<QueueEntry> entry_of(const ClassAd& ad) {
    auto cluster = ad.number("ClusterId"), proc = ad.number("ProcId"), index = ad.number("TrialwatchIndex");
    auto status = ad.number("JobStatus");
    std::string token = ad.text("TrialwatchToken");
    if (!cluster || !proc || !index || !status || token.empty()) return std::nullopt;
    QueueEntry entry{{*cluster, *proc}, {token, *index}, phase_of(*status), host_of(ad), {}, 0, 0, 0, {}};
    entry.starts = static_cast<int>(ad.number("NumJobStarts").value_or(0));
    entry.end = end_of(ad, *status, entry.starts);
    if (*status != 5) return entry;
    entry.detail = ad.text("HoldReason");
    entry.hold_code = static_cast<int>(ad.number("HoldReasonCode").value_or(0));
    entry.hold_subcode = static_cast<int>(ad.number("HoldReasonSubCode").value_or(0));
    return entry;
}

Result<std::vector<QueueEntry>> ask(const CondorCalls& calls, const std::string& program,
                                    std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-long", "-attributes", attributes});
    auto result = calls.run(program, arguments);
    if (!result) return fail(result.error());
    if (result->status != 0) {
        Error error = condor_error(program, *result);
        error.code = Code::io;
        return fail(error);
    }
    std::vector<QueueEntry> entries;
    for (const ClassAd& ad : read_class_ads(result->output))
        if (auto entry = entry_of(ad)) entries.push_back(std::move(*entry));
    return entries;
}

}  // namespace

Result<std::vector<QueueEntry>> ask_queue(const CondorCalls& calls, const std::string& experiment_id) {
    return ask(calls, "condor_q",
               {"-constraint", fmt::format("TrialwatchExperiment == \"{}\"", experiment_id)});
}

Result<std::vector<QueueEntry>> ask_history(const CondorCalls& calls, const std::vector<JobTag>& tags) {
    std::vector<QueueEntry> all;
    for (const std::string& constraint : select_tags(tags, false)) {
        // It reads backwards from the newest, and stops when it has so many: an attempt is hardly submitted
        // thrice.
        auto some = ask(calls, "condor_history",
                        {"-constraint", constraint, "-limit", std::to_string(2 * tags.size())});
        if (!some) return fail(some.error());
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

}  // namespace tw
