// What can be said of a search: the facts behind `trialctl insight`, before they are put into words. Private
// to ctl.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/view.hpp"
#include "optimize/importance.hpp"
#include "optimize/regions.hpp"

namespace tw {

// Below, nothing is said of parameters; below the second, nothing of which could be fixed.
inline constexpr std::size_t enough_to_tell = 20, enough_to_fix = 50;

// A parameter matters where its chance of doing nothing is at most this; it is taken for idle where it is at
// least that.
inline constexpr double surely = 0.05, hardly = 0.2;

struct ParameterFacts {
    const Parameter* parameter = nullptr;  // in the view's experiment
    std::vector<Importance> importance;    // by objective
    Region region;                         // of the best trials
    Edge edge = Edge::none;

    bool matters() const;  // for one objective at least
    bool idle() const;     // for none, and there are values to say so
};

struct FailureFacts {
    std::map<std::string, std::size_t> kinds;
    std::size_t own = 0;         // faults of a configuration or a script
    std::optional<Trait> trait;  // of those
};

// What a pruner has saved, in steps of metrics.jsonl.
struct PruningFacts {
    std::size_t trials = 0;
    std::int64_t steps = 0;  // that pruned trials took
    std::int64_t whole = 0;  // of a complete trial, in the middle; 0: not known
    double saved() const;    // a share of what pruned trials would have taken
};

struct Insight {
    std::vector<const TrialView*>
        complete;                        // of the space and with all objectives, in the order of their ends
    std::size_t left_out = 0;            // complete, and not so
    std::vector<const TrialView*> best;  // the best with its ties, or the front
    std::size_t found = 0;               // after so many complete trials the first of them was there
    std::vector<std::vector<double>> quarters;  // by objective: the best after each quarter of them
    std::size_t top = 0;                        // so many are called the best below
    std::vector<ParameterFacts> parameters;     // none where too little is known
    FailureFacts failures;
    std::optional<PruningFacts> pruning;
};

// Reads the configurations of all trials, and where a pruner worked the ends of their metrics.jsonl. The view
// must have an experiment, and outlive the facts.
Insight look_into(FileSystem& fs, ExperimentView& view);

}  // namespace tw
