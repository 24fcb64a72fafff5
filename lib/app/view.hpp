// An experiment as a reader sees it: journal and files, without a lock and without write access.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/scalar.hpp"
#include "lifecycle/ledger.hpp"
#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "ports/process.hpp"
#include "records/documents.hpp"
#include "records/goal.hpp"
#include "records/owner.hpp"
#include "records/stopped.hpp"

namespace tw {

struct TrialView {
    TrialId id;
    TrialState state = TrialState::waiting;
    std::string stage;  // the first open one; of an ended trial the one that failed
    Params params;      // filled by read_configs()
    std::map<std::string, double> values;
    std::string reason, kind, by;
    std::int64_t seq = 0;  // of the outcome; 0: none
    std::int64_t attempts = 0;
    double seconds = 0;
    int queued = 0, running = 0;  // tasks handed to the backend
    Instant created{}, ended{};
    std::string run;
    std::int64_t k = -1;
    std::optional<double> budget;  // filled by read_configs(), as is the next
    TrialId parent;
    const Trial* trial = nullptr;  // in the view's ledger; null: no watcher has journalled it
};

// Who fills a role (watcher, optimizer).
struct RoleView {
    enum class State {
        absent,  // never there
        alive,
        elsewhere,  // on another host, and has not said goodbye
        dead,
        released,  // left in good order
    };
    State state = State::absent;
    Owner owner;
    Instant seen{};  // elsewhere: its last beat, by the server's clock; {}: none
    bool may_live() const { return state == State::alive || state == State::elsewhere; }
};
std::string_view to_string(RoleView::State state);

struct ExperimentView {
    ExperimentView() = default;
    ExperimentView(ExperimentView&&) = default;  // trials point into the ledger
    ExperimentView& operator=(ExperimentView&&) = default;

    std::string experiment_id;  // "" where no program was
    bool journalled = false;
    Ledger ledger;
    std::optional<Experiment>
        experiment;  // experiment.json as it stands; where that is broken, the latest journalled
    std::optional<Goal> goal;
    std::optional<Stopped> stopped;  // a rule has ended the search before its goal
    std::vector<Error> mistakes;     // of experiment.json
    std::optional<Error> misplaced;  // moved or copied: the roles below are those of the directory it was
    std::vector<TrialView> trials;   // by id, numbers by value
    std::vector<TrialView> once;     // "@before" and "@after"
    std::vector<Error> refused;      // entries of trials/ that cannot be trials
    RoleView watcher, optimizer;

    std::vector<Objective> objectives() const;
    std::vector<OutcomeConstraint> outcome_constraints() const;
    const TrialView* find(const TrialId& id) const;
    std::size_t count(TrialState state) const;
    std::size_t live() const;       // trials that have not ended
    std::size_t live_jobs() const;  // queued and running

    // Trials there will be: those there are and what the optimizer has still to propose, as far as its
    // sampler goes.
    std::int64_t planned() const;
    std::int64_t proposed() const;  // of all runs
    std::int64_t left_to_propose() const { return planned() - static_cast<std::int64_t>(trials.size()); }
};

Result<ExperimentView> read_view(FileSystem& fs, Clock& clock, Processes& processes);

// Parameters from trials/<id>/config.json. One that cannot be read leaves the trial without them.
void read_configs(FileSystem& fs, std::vector<TrialView>& trials);
void read_config_of(FileSystem& fs, TrialView& trial);

// "27", or "" without one.
std::string budget_text(const TrialView& trial);

// Without what the space fixes: it is the same in every trial.
Params varied_params(const ExperimentView& view, const TrialView& trial);

// The trial that a person means by `word`: its id, or a number without its zeros.
Result<const TrialView*> find_trial(const ExperimentView& view, const std::string& word);

// Complete trials, best first. With `metric`, by that value alone.
std::vector<const TrialView*> ranked(const ExperimentView& view, const std::string& metric = "",
                                     Direction direction = Direction::minimize);
// The best one with its ties, or the Pareto front.
std::vector<const TrialView*> best_of(const ExperimentView& view);

// Of a complete trial: "latency_ms = 130 is above 100"; "" where it is feasible.
std::string why_infeasible(const ExperimentView& view, const TrialView& trial);

}  // namespace tw
