// Early stopping: what trials report goes to the pruner, and who is not worth finishing comes back.
//
// Nothing is remembered from one process to the next: the pruner hears of the ended trials again, in the
// order of their endings, and then of the live ones. What a trial is judged by is the last that it has
// reported; what a pruner said of it earlier, and did not stop it for, is over.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/metrics_tail.hpp"
#include "app/trial_book.hpp"
#include "optimize/pruner.hpp"

namespace tw {

class Pruning {
public:
    static Result<std::unique_ptr<Pruning>> make(Ports ports, const Experiment& experiment);

    // All that have ended are told, and the book is given their last values. Once, first of all.
    void resume(TrialBook& book);

    // The same for one that has ended just now.
    void end(TrialBook& book, const TrialId& id);

    // What live trials have reported since the last look, the lower step first; and the proposals among them
    // that are to be stopped, with the reason. Trials made by hand are comparisons.
    std::map<TrialId, std::string> look(const TrialBook& book);

    bool works() const { return spec_.type != "none" && !spec_.promote; }  // promotion reads results alone
    std::string description() const { return describe_pruner(spec_); }

private:
    struct Report {
        std::int64_t order = 0;  // the highest step of the trial so far: its own lines stay in their order
        TrialId trial;
        Measured point;
    };

    Pruning(Ports ports, const Experiment& experiment, std::unique_ptr<Pruner> pruner);

    void look_at(const TrialId& id, std::vector<Report>& reports);
    void forget_missing(const TrialBook& book);
    void say(const TrialId& id, const MetricNews& news);

    Ports ports_;
    PrunerSpec spec_;
    std::string objective_;
    std::unique_ptr<Pruner> pruner_;
    std::map<TrialId, MetricsTail> tails_;  // of live trials
    std::set<TrialId> ended_, said_;
    bool said_missing_ = false;
};

}  // namespace tw
