#include "app/watcher.hpp"

#include <algorithm>

#include "base/counted.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// A told outcome is made durable by the sync of a later tick, which is not put off for longer than this.
constexpr Seconds longest_unsynced{0.02};

// Jobs that are ended at exit get this long to write what they must.
constexpr Seconds exit_grace{30};

// With --once, for what only time can tell: twice the default visibility of cluster backends, and a look.
constexpr Seconds longest_once{240};

// Room for the journal to go on when everything else is full.
constexpr std::int64_t ballast_size = 1 << 20;

}  // namespace

Watcher::Watcher(std::unique_ptr<ServerClock> clock, Desk desk, Heart heart)
    : clock_(std::move(clock)),
      desk_(std::move(desk)),
      heart_(std::move(heart)),
      intake_(desk_),
      sweep_(desk_),
      decider_(desk_),
      actor_(desk_),
      agents_(desk_),
      begun_(desk_.ports.clock.monotonic()) {
}

Status Watcher::tick() {
    Seconds monotonic = desk_.ports.clock.monotonic();
    bool poll = !last_poll_ || monotonic - *last_poll_ >= desk_.options.poll;
    polled_ = poll;
    heart_.go_on(desk_.books.journal().owner().epoch);
    if (auto time = heart_.beat(monotonic)) clock_->hear(*time);
    if (poll) intake_.look_for_jobs();
    intake_.read_spool([this](auto& ending) { return take_stops(ending); });
    desk_.pump();
    if (poll) {
        look_at_space();
        intake_.conclude_missing();
        sweep_.poll();
        last_poll_ = monotonic;
        decider_.search_ended(desk_.options.until_done && !interrupted() && !more_may_come());
    } else {
        sweep_.answer_bells();
    }
    decider_.decide();
    if (auto committed = commit(); !committed) return committed;
    actor_.act();
    if (poll) agents_.tick(intake_.live_tasks());
    return {};
}

// Durable before the exit of a job that obeyed it is booked: then the file goes, and later stages start.
std::set<TrialId> Watcher::take_stops(const std::set<TrialId>& ending) {
    std::set<TrialId> stopping;
    for (auto& id : ending) {
        sweep_.read_stop(id);
        const Trial* trial = desk_.ledger().find(id);
        if (trial && trial->state == TrialState::stopping) stopping.insert(id);
    }
    if (stopping.empty()) return {};
    if (desk_.books.journal().pending() && !commit()) return stopping;
    for (auto& id : stopping) decider_.stop_taken(id);
    return {};
}

// Code::busy ends the watcher. Any other failure keeps all acts waiting for a commit that succeeds.
Status Watcher::commit() {
    bool paused = desk_.ledger().pause().has_value();
    Status status = actor_.prepare();
    desk_.pump();
    if (status) status = desk_.books.commit();
    if (status) status = desk_.books.still_owner();
    // Shown in vain, it is shown again: who proposes would wait for ever.
    if (status && pause_shown_ != paused && actor_.show_pause()) pause_shown_ = paused;
    return status;
}

void Watcher::report_full_disk(const std::string& why) {
    if (!std::exchange(desk_.full, true))
        desk_.ports.log.error("{}; nothing new is submitted until this is mended", why);
}

// Jobs on a full disk only fail: none are started. The ballast comes back when there is room for it.
void Watcher::look_at_space() {
    auto free = desk_.ports.fs.free_bytes();
    if (!free) return;
    if (*free < ballast_size) return report_full_disk("the disk is full");
    if (*free < 2 * ballast_size) return;
    if (!is_listed(desk_.ports.fs, layout::ballast) &&
        !desk_.ports.fs.create(layout::ballast, std::string(ballast_size, 'b')))
        return;
    if (!std::exchange(desk_.full, false)) return;
    desk_.ports.log.info("the disk has room again");
    desk_.breaker.clear();  // what could not start for want of room can now
}

int Watcher::run() {
    for (;;) {
        auto ticked = tick();
        if (!ticked && ticked.error().code == Code::busy) {
            desk_.ports.log.error("{}", ticked.error().text());
            return 1;
        }
        if (!ticked) report_full_disk(ticked.error().text());
        if (desk_.options.once && !(ticked && undecided())) return leave(ticked ? 0 : 1);
        if (interrupted()) return leave(0);
        if (desk_.options.until_done && ticked && finished()) {
            dismiss();
            int status = leave(0);
            tell_done();
            return status;
        }
        if (desk_.options.until_done && ticked && desk_.ledger().pause() && desk_.ledger().live_jobs() == 0)
            return leave(1);
        desk_.ports.waker.wait(ticked ? pause_length() : desk_.options.poll);
    }
}

// Agents that have not begun first: what begins meanwhile is there to be drained. One trial alone is not the
// end of a search.
void Watcher::dismiss() {
    agents_.dismiss();
    if (!desk_.options.only.empty()) return;
    for (auto& [key, scheduler] : desk_.backends.all()) scheduler->dismiss();
}

// One tick cannot tell a job that is gone from one that is late, and the next run would begin anew.
bool Watcher::undecided() const {
    if (desk_.ports.clock.monotonic() - begun_ > longest_once) return false;
    if (decider_.waits_for_kills() || agents_.undecided()) return true;
    auto& all = desk_.backends.all();
    return std::any_of(all.begin(), all.end(), [](auto& backend) { return backend.second->undecided(); });
}

bool Watcher::interrupted() {
    interrupts_ = desk_.ports.waker.interrupts();
    return interrupts_ > 0;
}

Seconds Watcher::pause_length() const {
    if (!last_poll_) return Seconds(0);
    Seconds longest = desk_.options.poll;
    if (auto due = decider_.next_due())
        longest = std::clamp(*due - desk_.ports.clock.now(), Seconds(0.001), longest);
    bool work_left = !desk_.published.empty() || !desk_.acts.claims_left.empty();
    return work_left ? std::min(longest, longest_unsynced) : longest;
}

// Trials that nobody has seen yet: a proposer holds its role, or somebody is writing a config.json.
bool Watcher::more_may_come() {
    auto optimizer = Lease::newest(desk_.ports.fs, layout::optimizer);
    return !optimizer || (*optimizer && !(*optimizer)->released) || sweep_.sees_one_being_written();
}

bool Watcher::all_done() {
    if (!desk_.published.empty() || desk_.books.journal().pending() || intake_.unheard()) return false;
    if (!desk_.options.only.empty()) {
        const Trial* trial = desk_.ledger().find(desk_.options.only);
        if (!trial) return !sweep_.sees_one_being_written();  // not there, or not to be taken
        return is_ended(trial->state) && trial->settled;
    }
    if (!decider_.all_ended() || more_may_come()) return false;
    if (!desk_.ledger().trials().empty()) return true;
    auto optimizer = Lease::newest(desk_.ports.fs, layout::optimizer);
    return optimizer && *optimizer;
}

// A trial that was made since the last look counts too: the last tick is one that looked everywhere.
bool Watcher::finished() {
    if (!all_done()) return false;
    if (!polled_) last_poll_.reset();
    return polled_;
}

void Watcher::tell_done() {
    const Revision* revision = desk_.ledger().latest();
    if (!revision || revision->experiment.hooks.done.empty() || !desk_.options.only.empty()) return;
    desk_.acts.hooks.push_back({revision->experiment.hooks.done, "done", "", "the search has ended"});
    actor_.run_hooks();
}

// In good order: the last records are written, the epoch is given back, jobs run on unless asked.
int Watcher::leave(int status) {
    if (interrupts_ > 0 && (desk_.options.kill_on_exit || interrupted_again())) end_live_jobs();
    remove_late_claims();
    std::int64_t jobs = desk_.ledger().live_jobs();
    if (commit()) actor_.act();
    // Nothing may follow the release: what was just published is told as settled before it.
    (void)actor_.prepare();
    remove_leftovers();  // our own too, where a removal had failed
    desk_.books.record(desk_.books.event(EventKind::released, ""));
    (void)desk_.books.commit();
    heart_.stop();
    auto& log = desk_.ports.log;
    if (jobs > 0)
        log.info("leaving; {} run{} on. Resume with: trialwatch {}", counted(jobs, "job"),
                 jobs == 1 ? "s" : "", desk_.ports.fs.root());
    auto& pause = desk_.ledger().pause();
    if (desk_.options.until_done && pause)
        log.warn("the search is paused: {}. Go on with: trialctl resume {}", pause->reason,
                 desk_.ports.fs.root());
    return status;
}

bool Watcher::interrupted_again() {
    if (desk_.ledger().live_jobs() == 0) return false;
    Seconds left = desk_.options.second_chance;
    if (left > Seconds(0) && interrupts_ == 1)
        desk_.ports.log.info("jobs run on; once more within {} ends them", format_duration(left));
    Seconds begin = desk_.ports.clock.monotonic();
    while (desk_.ports.waker.interrupts() < 2 && desk_.ports.clock.monotonic() - begin < left)
        desk_.ports.waker.wait(Seconds(0.1));
    return desk_.ports.waker.interrupts() >= 2;
}

// Kills every live trial and ticks until they have ended.
void Watcher::end_live_jobs() {
    for (auto& [id, trial] : std::map<TrialId, Trial>(desk_.ledger().trials())) {
        if (is_ended(trial.state)) continue;
        Event event = desk_.books.event(EventKind::kill, id);
        event.text = "the watcher's end";
        desk_.books.record(event);
    }
    Seconds begin = desk_.ports.clock.monotonic();
    while (desk_.ledger().live_jobs() > 0 && desk_.ports.clock.monotonic() - begin < exit_grace) {
        last_poll_.reset();
        if (!tick()) return;
        desk_.ports.waker.wait(Seconds(0.1));
    }
}

}  // namespace tw
