// Everything the journal says, folded: all trials, the revisions of experiment.json, the pause.
// Pure; the same events give the same ledger.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "records/event.hpp"
#include "records/experiment.hpp"

namespace tw {

struct Revision {
    std::int64_t number = 0;
    std::string text;                  // of experiment.json
    std::vector<std::string> scripts;  // "path=content hash"
    Experiment experiment;
};

struct Pause {
    std::string reason;
    bool by_person = false;
    Instant since{};
};

class Ledger {
public:
    // true: something changed, journal it; false: late news. Errors leave the ledger as it was.
    Result<bool> apply(const Event& event);

    // Events that rebuild this ledger, for the head of a new segment. Complete trials lose their stages.
    std::vector<Event> snapshot() const;

    const std::map<TrialId, Trial>& trials() const { return trials_; }
    const Trial* find(const TrialId& id) const;

    // The revision that a trial runs under. Null only for a trial whose revision was never journalled.
    const Revision* revision_of(const Trial& trial) const;
    const Revision* latest() const;

    const std::optional<Pause>& pause() const { return pause_; }
    std::int64_t next_seq() const { return last_seq_ + 1; }
    bool released() const { return released_; }

    // Tasks of live trials that were handed to a backend and have not ended.
    std::int64_t live_jobs() const;

    // The proposal (run, k) is known under another trial: the one, else null.
    const TrialId* proposed_as(const std::string& run, std::int64_t k) const;

private:
    Result<bool> dispatch(const Event& event);
    Result<bool> add_revision(const Event& event);
    Result<bool> create(const Event& event);
    Result<bool> restore(const Event& event);
    Status check_whole(const Trial& trial) const;
    Result<bool> change(const Event& event);
    void note(const Trial& trial);
    void forget_proposal(const Trial& trial);
    std::vector<const Trial*> in_order_of_creation() const;

    std::map<TrialId, Trial> trials_;
    std::map<std::int64_t, std::shared_ptr<const Revision>> revisions_;
    std::map<std::pair<std::string, std::int64_t>, TrialId> proposals_;
    std::optional<Pause> pause_;
    std::int64_t last_seq_ = 0;
    bool released_ = false;
};

}  // namespace tw
