#include "app/books.hpp"

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

bool Books::record(const Event& event) {
    auto changed = ledger_.apply(event);
    if (!changed) {
        ports_.log.warn("{}", changed.error().text());
        return false;
    }
    if (!*changed) return false;
    journal_.add(event);
    if (!event.trial.empty()) changed_.insert(event.trial);
    return true;
}

Event Books::event(EventKind kind, const TrialId& trial) const {
    Event event;
    event.kind = kind;
    event.at = ports_.clock.now();
    event.trial = trial;
    return event;
}

Status Books::commit() {
    Status status = broken_ ? begin_again() : journal_.commit();
    if (!status && !broken_) {
        broken_ = true;
        if (status.error().code == Code::no_space) (void)remove_if_there(ports_.fs, layout::ballast);
        status = begin_again();
    }
    if (status && !broken_ && journal_.grown()) status = begin_again();
    return status;
}

// The ledger is ahead of what was written; the snapshot of the new segment brings it all.
Status Books::begin_again() {
    if (auto owner = still_owner(); !owner) return owner;
    Segment before;
    before.owner = journal_.owner();
    before.length = journal_.length();
    Owner owner = journal_.owner();
    owner.since = ports_.clock.now();
    auto journal = Journal::begin(ports_.fs, owner, ledger_, before);
    if (!journal) return fail(journal.error());
    journal_ = std::move(*journal);
    broken_ = false;
    return {};
}

Status Books::still_owner() {
    auto overtaken = journal_.overtaken();
    if (!overtaken) return fail(overtaken.error());
    if (*overtaken)
        return fail({Code::busy,
                     "another watcher has taken over this experiment",
                     layout::journal,
                     {},
                     0,
                     "this one stops; its jobs run on"});
    return {};
}

}  // namespace tw
