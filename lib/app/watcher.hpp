// The watcher: reacts to files, submits the next stage, applies retries, holds and kills.
//
// A tick is: one look at the spool and what changed, at most one listing per backend, pure steps, one
// commit, then the acts. protocol/07-journal-takeover.md gives the order and its reasons.
#pragma once

#include <memory>
#include <vector>

#include "app/actor.hpp"
#include "app/decider.hpp"
#include "app/desk.hpp"
#include "app/intake.hpp"
#include "app/pool_keeper.hpp"
#include "app/server_clock.hpp"
#include "app/sweep.hpp"
#include "trialdir/lease.hpp"

namespace tw {

class Watcher {
public:
    // Checks the experiment, takes over the journal, adopts what runs. All mistakes in experiment.json
    // are returned; Code::busy when another watcher lives.
    static tl::expected<std::unique_ptr<Watcher>, std::vector<Error>> start(Ports ports,
                                                                            WatcherOptions options,
                                                                            const Backends::Maker& maker);

    // Until the search has ended (until_done), or somebody asks to stop. Exit status.
    int run();

    Status tick();

    const Desk& desk() const { return desk_; }

private:
    Watcher(std::unique_ptr<ServerClock> clock, Desk desk, Heart heart);

    Status get_ready();
    void remove_leftovers();
    void remove_late_claims();
    std::set<TrialId> take_stops(const std::set<TrialId>& ending);
    Status commit();
    bool interrupted();
    bool more_may_come();
    bool all_done();
    bool finished();
    Seconds pause_length() const;
    int leave(int status);
    bool interrupted_again();
    void tell_done();
    void dismiss();
    void end_live_jobs();
    void report_full_disk(const std::string& why);
    void look_at_space();
    bool undecided() const;

    std::unique_ptr<ServerClock> clock_;  // the desk's
    Desk desk_;
    Heart heart_;
    Intake intake_;
    Sweep sweep_;
    Decider decider_;
    Actor actor_;
    PoolKeeper agents_;
    std::optional<Seconds> last_poll_;
    bool polled_ = false;  // in the last tick
    std::optional<bool> pause_shown_;
    int interrupts_ = 0;
    Seconds begun_;
};

// Where another watcher owns the journal: whether it may be taken over now, or why not. Waits out the
// silence of an owner on another host.
Status may_take_over(Ports ports, const Segment& segment, const Ledger& ledger,
                     const WatcherOptions& options);

}  // namespace tw
