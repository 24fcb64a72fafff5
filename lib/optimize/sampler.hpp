// Where proposals come from: ask / tell, without disk, clock or process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "records/documents.hpp"

namespace tw {

// How one trial ended, as a sampler hears of it.
struct Observation {
    std::string trial;
    std::int64_t seq = 0;  // position in the journal's order of endings, from 1
    std::int64_t k = -1;   // the proposal's number in this search; -1: somebody else's trial
    Params params;         // carried over to the sampler's space; fits() holds
    EndState state = EndState::failed;
    std::vector<double> objectives;  // in declared order as the user measures them (a maximised one is not
                                     // negated); empty unless the state is complete
    bool own_fault =
        false;  // of a failed one: its configuration may be the reason; not the cluster, not a person
    std::optional<Measured> last;  // of the pruner's metric, at the highest step; of a complete or pruned one
                                   // that reported any, where the search has a pruner
    std::optional<double> budget = {};  // `_trial.budget`: steps in all, those of its parents among them
    std::string parent = {};            // `_trial.parent`: the trial that it went on from
    std::vector<double> excess = {};    // of a complete one: excess_of() the search's constraints on outcomes
};

// What is to be tried.
struct Suggestion {
    Params params;
    std::string by;                // for `_trial.sampler`: the sampler whose thought it was
    std::optional<double> budget;  // train up to so many steps; not stated: to the end
    std::string parent;            // and begin with this trial's checkpoint; "": with nothing
};

// A sampler answers ask(k) from (space, seed, k), from what it was told before and what it heard of proposals
// below k, and from nothing else: the same question after the same news has the same answer, in this process
// or after a restart. Observations are told once each, in seq order; a trial that was tried again is told
// again. Not thread-safe: one caller at a time.
//
// For samplers that build a model: draw only from make_stream(seed, k, name), never from a generator
// that lives from one ask to the next. To resume, the caller takes the known proposals in order of k; for
// each it tells what `_trial.seen` covers, then names its configuration by proposed(). A number below the one
// that is asked for may never be heard of: its directory was removed, or somebody else had tried
// configuration 0 before.
class Sampler {
public:
    virtual ~Sampler() = default;

    // Proposal number k >= 0; fits() holds for it. Code::not_found when the search is complete, that
    // is k >= limit(); Code::not_yet when there is nothing to propose before more is told; Code::invalid for
    // a negative k.
    virtual Result<Suggestion> ask(std::int64_t k) = 0;

    // Proposal k is made (again is harmless), with what ask(k) said in this release or an earlier one: it is
    // pending until it is told. Samplers that do not learn ignore it.
    virtual void proposed(std::int64_t, const Suggestion&) {}

    // Samplers that do not learn ignore it.
    virtual void tell(const Observation&) {}

    // As it is chosen in experiment.json; part of a run's name.
    virtual std::string name() const = 0;

    // For people: the name and, if "auto" chose it, why.
    virtual std::string reason() const { return name(); }

    // How many proposals there are; nothing when there is no end to them.
    virtual std::optional<std::int64_t> limit() const { return std::nullopt; }
};

}  // namespace tw
