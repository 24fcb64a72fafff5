// The ledger and its journal, kept in step: what is recorded is applied at once and durable with the
// next commit. Nothing may be acted on before that.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "app/ports.hpp"
#include "lifecycle/ledger.hpp"
#include "trialdir/journal.hpp"

namespace tw {

class Books {
public:
    Books(Ports ports, Ledger ledger, Journal journal)
        : ports_(ports), ledger_(std::move(ledger)), journal_(std::move(journal)) {}

    const Ledger& ledger() const { return ledger_; }
    const Journal& journal() const { return journal_; }

    // Applies and buffers. false: late news, or an event that cannot be (logged).
    bool record(const Event& event);

    // A trial event that happens now.
    Event event(EventKind kind, const TrialId& trial) const;

    // Makes everything recorded durable. After a failure nothing may be acted on until a later call
    // succeeds; that call begins a new segment (protocol/07, "full disk").
    Status commit();

    // Code::busy when another watcher has taken over.
    Status still_owner();

    // Trials that changed since the last call.
    std::set<TrialId> take_changed() { return std::exchange(changed_, {}); }

private:
    Status begin_again();

    Ports ports_;
    Ledger ledger_;
    Journal journal_;
    std::set<TrialId> changed_;
    bool broken_ = false;  // the last commit failed: this segment is not written to any more
};

}  // namespace tw
