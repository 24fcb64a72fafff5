// A trial as the journal knows it: plain data. lib/lifecycle alone changes it, by replaying events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "records/documents.hpp"

namespace tw {

enum class TaskState {
    ready,      // may be submitted
    submitted,  // handed to the backend (or about to be: the SUBMIT record comes first)
    running,    // its claim was seen
    backoff,    // may be submitted from `due` on
    done,
    failed,     // for good
    cancelled,  // ended because the trial was closing
};
inline constexpr int task_states = 7;

// One line of a stage's list; a single-task stage has one, with number 0.
struct Task {
    TaskState state = TaskState::ready;
    std::int64_t attempt = 1;  // the current one; earlier ones are settled
    int counted = 0;           // failures charged against `retries`
    int uncounted = 0;         // infrastructure failures since the last charged one
    Instant started{};         // of the current or last attempt, once known
    Instant due{};             // backoff only
    int rc = 0;                // of the last attempt that ended
    std::string why;           // last failure, in words
    std::string kind;          // last failure, as in Outcome::kind
    std::string host;          // of the last attempt
    std::string job;           // the backend's id
};

enum class StageState {
    blocked,  // a stage before it has not ended
    open,
    done,
    failed,
    skipped,  // never opened, because the trial ended first
};

struct StageRun {
    std::string name;
    StageState state = StageState::blocked;
    bool frozen = false;              // array stages: the list is fixed
    bool marker = false;              // start_on marker: it was seen, later stages may start
    bool stopped = false;             // a stop with "continue" reached it while open
    std::vector<std::string> inputs;  // array stages: line n is task n
    bool generated = false;           // the list came from the job's own submit file
    std::vector<Task> tasks;
    std::string submit_text;          // generated: the file itself, where the backend gets it as it stands

    Task* find_task(std::int64_t number);  // 0 for single, else 1-based; null outside
    const Task* find_task(std::int64_t number) const;
};

enum class TrialState {
    waiting,   // nothing has been submitted
    running,
    stopping,  // a stop with "continue": the open stage is to finish early
    closing,   // the verdict is known; what still runs is being ended
    complete,
    pruned,
    failed,
    killed,
};
inline constexpr int trial_states = 8;

bool is_ended(TrialState state);
std::string_view to_string(TrialState state);
std::string_view to_string(TaskState state);
std::string_view to_string(StageState state);
std::optional<TrialState> trial_state_from(std::string_view text);
TrialState ended_as(EndState state);

// Why a closing trial closes.
struct Verdict {
    EndState state = EndState::failed;
    std::string kind, reason, stage, by;
};

struct Trial {
    TrialId id;
    std::int64_t incarnation = 1;
    std::int64_t revision = 0;  // of experiment.json, fixed when the trial became known
    std::uint64_t inode = 0;    // of the trial directory
    std::string config_hash;
    std::string run;            // who proposed it, with k; "" for a person
    std::int64_t k = -1;
    Instant created{};
    TrialState state = TrialState::waiting;
    std::vector<StageRun> stages;
    std::optional<Verdict> verdict;   // closing
    Instant closing_since{};
    bool quarantine = false;  // a death nobody confirmed: rename the directory before the next attempt
    std::int64_t starts = 0;  // attempts that ran
    Instant first_start{};
    std::optional<Outcome> outcome;   // ended
    bool settled = false;             // ended, published, claims removed

    StageRun* find_stage(std::string_view name);
    const StageRun* find_stage(std::string_view name) const;
};

// One line of JSON, for snapshots. Reading is strict: the journal is ours.
std::string write_trial(const Trial& trial);
Result<Trial> read_trial(const std::string& text);

}  // namespace tw
