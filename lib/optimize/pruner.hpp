// Who says that a trial is not worth finishing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "records/documents.hpp"
#include "records/experiment.hpp"

namespace tw {

struct Judgement {
    bool stop = false;
    std::string why;  // of a stop, in plain words: "loss 0.93 at step 9 is not among the best 4 of 12"
};

// How a trial ended, as far as a pruner cares.
struct TrialEnd {
    EndState state = EndState::failed;
    std::optional<double> objective;  // the first one, as the user measures it; of a complete trial
};

// A pruner answers from what it was told, in that order, and from nothing else; after a restart all of it is
// told again. Trials compete as soon as they report, whoever made them and however they end. Not thread-safe:
// one caller at a time.
class Pruner {
public:
    virtual ~Pruner() = default;

    // `value` of the pruner's metric after `step`, as the user measures it; may be NaN. Steps may be left out
    // and may come in any order. A step that the trial has reported before is not heard again: it was
    // repeated from a checkpoint.
    virtual void report(const std::string& trial, std::int64_t step, double value) = 0;

    // Of a trial that runs, by all that it has reported so far.
    virtual Judgement judge(const std::string& trial) const = 0;

    // Nothing is reported after it.
    virtual void end(const std::string& trial, const TrialEnd& end) = 0;

    // It is tried again: what it reported and how it ended do not count any more.
    virtual void forget(const std::string& trial) = 0;
};

// "none", and one that promotes, keeps everything. `objectives`: in declared order. A type that is not known
// is Code::invalid and is named.
Result<std::unique_ptr<Pruner>> make_pruner(const PrunerSpec& spec, const std::vector<Objective>& objectives);

// For people: type, metric and what it goes by, such as "asha (loss minimized, rungs at steps 1, 3, 9, 27)".
std::string describe_pruner(const PrunerSpec& spec);

}  // namespace tw
