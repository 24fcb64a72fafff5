#include "batch/slurm/job_state.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace tw::slurm {

namespace {

constexpr std::array<std::pair<std::string_view, EndCause>, 9> ends{{
    {"COMPLETED", EndCause::exited},
    {"FAILED", EndCause::exited},
    {"TIMEOUT", EndCause::time_limit},
    {"DEADLINE", EndCause::time_limit},
    {"OUT_OF_MEMORY", EndCause::memory},
    {"NODE_FAIL", EndCause::node},
    {"BOOT_FAIL", EndCause::node},
    {"PREEMPTED", EndCause::preempted},
    {"CANCELLED", EndCause::cancelled},
}};

int number_in(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// A job that was killed before it could leave ("0:9") has the status that a shell would give it.
int status_of(std::string_view exit) {
    std::size_t colon = exit.find(':');
    int signal = colon == exit.npos ? 0 : number_in(exit.substr(colon + 1));
    return signal > 0 && signal < 65 ? 128 + signal : number_in(exit.substr(0, colon));
}

// Words of the reason under which a job waits until a person acts. "launch failed requeued held" and "user env
// retrieval failed requeued held" are what slurmctld itself writes there.
bool is_hold(std::string_view reason) {
    for (std::string_view word : {"JobHeld", "held", "DependencyNeverSatisfied"})
        if (reason.find(word) != reason.npos) return true;
    return false;
}

}  // namespace

std::optional<JobEnd> end_of(std::string_view state, std::string_view reason, std::string_view exit) {
    std::string_view word = state.substr(0, state.find_first_of(" +"));
    for (auto& [name, cause] : ends) {
        if (word != name) continue;
        JobEnd end;
        end.cause = cause;
        end.status = exit.empty() ? (word == "FAILED" ? 1 : 0) : status_of(exit);
        end.confirmed = cause == EndCause::exited;
        end.detail = reason.empty() || reason == "None" ? std::string(state) : fmt::format("{} ({})", state, reason);
        return end;
    }
    return std::nullopt;
}

bool was_killed(const JobEnd& end) {
    return end.cause == EndCause::time_limit || end.cause == EndCause::memory || end.cause == EndCause::preempted ||
           end.cause == EndCause::cancelled;
}

JobState state_of(std::string_view state, std::string_view reason) {
    for (std::string_view held : {"SPECIAL_EXIT", "REQUEUE_HOLD", "RESV_DEL_HOLD"})
        if (state == held) return JobState::held;
    for (std::string_view waits : {"PENDING", "REQUEUED", "REQUEUE_FED"})
        if (state == waits) return is_hold(reason) ? JobState::held : JobState::queued;
    return state == "CONFIGURING" || state == "POWER_UP_NODE" ? JobState::queued : JobState::running;
}

}  // namespace tw::slurm
