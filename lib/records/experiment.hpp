// experiment.json as a struct. Defaults are those of protocol/04-documents.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "base/time.hpp"
#include "records/outcome_constraint.hpp"
#include "records/space.hpp"

namespace tw {

enum class Direction { minimize, maximize };

struct Objective {
    std::string name;
    Direction direction = Direction::minimize;
};

// Keys that belong to the type alone are set; "none" may hold any.
struct PrunerSpec {
    std::string type = "none";  // none asha hyperband bohb median percentile patient threshold wilcoxon
    std::string metric;         // of metrics.jsonl; not stated: the first objective's name
    Direction direction = Direction::minimize;
    std::int64_t min = 1,
                 max = 0;  // asha, hyperband: steps of the first rung, and of a whole trial; 0: not stated
    double eta = 3;        // asha, hyperband: one of so many goes on
    bool promote = false;  // asha, hyperband: nobody is stopped; who is good is proposed again, for longer
    double percentile = 25;
    std::int64_t startup_trials = 5;              // median, percentile: complete ones
    std::int64_t warmup_steps = 0, interval = 1;  // median, percentile, threshold
    std::int64_t patience = 0;                    // patient
    double min_delta = 0;
    std::vector<PrunerSpec> wrapped;     // patient: at most one
    std::optional<double> lower, upper;  // threshold
    double p_threshold = 0.1;            // wilcoxon
    std::int64_t startup_steps = 2;
};

// When a search ends before all its trials are proposed; the first of its rules that holds ends it.
struct StopSpec {
    std::optional<Seconds> time;   // since the first proposal
    std::optional<double> target;  // the one objective reaches it
    std::int64_t patience = 0;     // complete trials in a row that bring nothing better; 0: no such rule
    double min_delta = 0;          // by more than so much
    std::optional<double> regret;  // the one objective is believed to be improved by no more than this
    bool stop_running = false;     // what runs is asked to stop, not finished
};

// Population based training.
struct PbtSpec {
    std::int64_t population = 10;        // members
    std::int64_t interval = 1, max = 0;  // steps of one trial, and of a member in all; 0: no end
};

struct OptimizerSpec {
    std::string sampler = "auto";  // auto random grid sobol tpe gp cmaes nsga2 pbt
    std::int64_t trials = 100;
    std::int64_t parallel = 0;  // 0: as many as the backend has slots
    std::uint64_t seed = 1;
    std::vector<Params>
        first;  // to be tried first, complete or not; each value is possible together with the others
    std::vector<std::string> warm_start;  // directories of earlier experiments, from this one's or absolute
    PrunerSpec pruner;
    StopSpec stop;
    PbtSpec pbt;  // of the sampler pbt alone
};

struct BackendSpec {
    std::string type = "local";
    std::map<std::string, std::string> options;  // scalars as text

    bool operator==(const BackendSpec&) const = default;
};

struct Resources {
    int cpus = 1;
    int gpus = 0;
    int gpu_share = 1000;     // thousandths of each: below 1000 only with one; batch systems give that whole
    std::int64_t memory = 0;  // bytes; 0: not stated
    std::optional<Seconds> time;  // limit of one attempt's run; queueing does not count
    int nodes = 1;
    int ranks = 1;
    std::map<std::string, std::string> options;  // handed to the backend as they are

    bool operator==(const Resources&) const = default;
};

// Agents that the watcher submits by itself, as jobs of a batch system, while jobs wait for one.
struct PoolSpec {
    int min = 0, max = 0;                // agents submitted and not over; `min` stay without work
    Seconds idle{600};                   // without work for so long an agent leaves; 0: never
    BackendSpec backend;                 // where they are submitted: any but agents
    Resources resources;                 // of one agent, on one node: what it fills
    std::vector<std::string> arguments;  // further ones for trialagent

    bool operator==(const PoolSpec&) const = default;
};

enum class OnStop { end, finish };      // "end", "continue"
enum class StartOn { exit, marker };    // when later stages may start
enum class Once { no, before, after };  // per trial, or once before the first / after the last trial
enum class ArgumentStyle { none, flags, hydra };

struct Stage {
    std::string name;
    std::vector<std::string> command;
    std::vector<std::string> after;  // names; unset in the file means the stage written before
    std::string array;               // glob relative to the trial directory; "" is a single task
    std::string submit;              // generated submit file to prefer, if the job wrote it
    std::string done;          // path relative to the trial; {task} {input} {stem} expand for array tasks
    bool allow_empty = false;  // an array that matches nothing is done instead of failed
    double max_failed = 0;     // below 1 a fraction of the tasks, else a count
    int retries = 0;
    Seconds retry_delay{10};       // doubled per counted retry, at most an hour
    int checkpoint_exit_code = 0;  // 1-255: the script wants to go on from its checkpoint; 0: none
    StartOn start_on = StartOn::exit;
    OnStop on_stop = OnStop::end;
    Seconds grace{30};  // between TERM and KILL
    Once once = Once::no;
    ArgumentStyle args = ArgumentStyle::none;
    Resources resources;
    std::optional<BackendSpec> backend;  // else the experiment's
};

struct Limits {
    int pause_after = 5;         // like failures: the first N trials, or N in a row; 0 never
    int infra_retries = 10;      // uncounted attempts of one task before it fails for good
    Seconds infra_delay{5};      // doubled each time, at most 10 minutes
    Seconds kill_patience{600};  // after the kill of an ended trial's job; then the trial ends unconfirmed
    int max_queued = 0;  // jobs handed over and not ended, of all trials; 0: as many as the backend takes
};

struct Hooks {
    std::string paused, done, failed;  // shell commands
};

struct Experiment {
    std::string name;
    std::vector<Objective> objectives;
    Space space;  // its constraints stand under /constraints/parameters
    std::vector<OutcomeConstraint> outcome_constraints;
    OptimizerSpec optimizer;
    BackendSpec backend;
    std::optional<PoolSpec> agents;
    std::vector<std::string> setup;  // shell lines before each command
    std::string setup_shell = "bash";
    std::vector<Stage> stages;  // the default pipeline when absent; `after` always filled in
    Limits limits;
    Hooks hooks;
    bool group = false;  // accept requests and trials of other users

    const Stage* find_stage(std::string_view name) const;
    const BackendSpec& backend_of(const Stage& stage) const {
        return stage.backend ? *stage.backend : backend;
    }
    bool uses_agents() const;  // a stage's jobs are for agents
};

inline constexpr int experiment_format = 1;

// Reads the text of an experiment.json (comments allowed). All mistakes are found (the first 2000), not just
// one; each has `file`, `pointer`, and a hint where one can be given. Never empty when unexpected.
tl::expected<Experiment, std::vector<Error>> read_experiment(const std::string& text,
                                                             const std::string& file);

// The line of the value at an RFC 6901 pointer, or of what holds it where it is not there; 0 where `text` is
// no JSON. For configs too.
int line_of_pointer(const std::string& text, std::string pointer);

// Paths of the experiment's own scripts: commands that start with "./", without it, in order, unique.
std::vector<std::string> script_paths(const Experiment& experiment);

}  // namespace tw
