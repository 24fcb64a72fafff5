#include "app/sweep.hpp"

#include <algorithm>
#include <cmath>

#include "app/scripts.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/quarantine.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

// A config.json that is no JSON may be one that an editor is writing; it is given this long unchanged.
constexpr Seconds settling_time{3};

// A directory's unchanged mtime is believed only when it is older than this: coarse clocks.
constexpr Seconds mtime_margin{3};

// Even so trials/ is listed this often: not every filesystem keeps the time of a directory.
constexpr Seconds longest_unlisted{30};

}  // namespace

void Sweep::poll() {
    check_revision();
    find_new_trials();
    for (auto& [id, torn] : std::map(unready_)) look_at(id);
    roll(false, live_round);
    roll(true, ended_round);
    desk_.look_at_requests = true;
    answer_bells();
}

void Sweep::answer_bells() {
    if (std::exchange(desk_.look_at_requests, false)) read_experiment_requests();
    for (auto& id : std::exchange(desk_.look, {})) look_at(id);
}

void Sweep::find_new_trials() {
    auto stat = desk_.ports.fs.stat(layout::trials);
    if (!stat) return;
    Seconds monotonic = desk_.ports.clock.monotonic();
    bool settled =
        stat->modified == trials_changed_ && desk_.ports.clock.now() - stat->modified > mtime_margin;
    if (settled && trials_listed_ && monotonic - *trials_listed_ < longest_unlisted) return;
    trials_changed_ = stat->modified;
    trials_listed_ = monotonic;
    auto listing = list_trials(desk_.ports.fs);
    if (!listing) {
        desk_.ports.log.warn("{}", listing.error().text());
        return;
    }
    for (auto& error : listing->refused)
        if (complained_.insert(error.file).second) desk_.ports.log.warn("{}", error.text());
    for (auto& id : listing->ids)
        if (!desk_.ledger().find(id)) look_at(id);
}

// Visits trials in name order, a slice per poll, so that a round takes `round`.
void Sweep::roll(bool ended, Seconds round) {
    auto& trials = desk_.ledger().trials();
    std::vector<TrialId> slice;
    double count = std::ceil(static_cast<double>(trials.size()) * desk_.options.poll / round);
    auto at = trials.upper_bound(cursor_[ended]);
    for (auto left = static_cast<std::int64_t>(std::max(count, 8.0)); left > 0 && at != trials.end();
         --left, ++at)
        if (is_ended(at->second.state) == ended) slice.push_back(at->first);
    cursor_[ended] = at == trials.end() ? "" : std::prev(at)->first;
    for (auto& id : slice)
        if (!id.starts_with('@')) look_at(id);
}

void Sweep::look_at(const TrialId& id) {
    auto files = look_at_trial(desk_.ports.fs, id);
    const Trial* trial = desk_.ledger().find(id);
    if (!files) {
        bool gone =
            files.error().code == Code::not_found && is_surely_gone(desk_.ports.fs, layout::trial(id));
        unready_.erase(id);
        if (!gone || !trial || is_ended(trial->state) || is_being_set_aside(desk_.ports.fs, *trial)) return;
        Event event = desk_.books.event(EventKind::vanished, id);
        event.text = "its directory was removed";
        desk_.books.record(event);
        return;
    }
    tidy(id, *files);
    if (!trial || (files->config && !id.starts_with('@') && recreated(*trial))) return admit(id, *files);
    bool ended = is_ended(trial->state);
    read_requests(*trial, *files);
    // A trial that was just opened again has other files by now.
    if (!ended && !is_ended(trial->state)) see_markers(*trial, *files);
}

// What a client left that was killed. A directory that held nothing else was reserved for a trial that nobody
// makes.
void Sweep::tidy(const TrialId& id, const TrialFiles& files) {
    bool some = false;
    for (auto& name : files.names) {
        if (!is_abandoned(name, desk_.ports.processes)) continue;
        (void)remove_if_there(desk_.ports.fs, layout::trial(id) + "/" + name);
        some = true;
    }
    if (some && !files.config) (void)desk_.ports.fs.remove_directory(layout::trial(id));
}

// The directory is another one than the journal knows. An ended trial makes room at once, a live one
// is ended first.
bool Sweep::recreated(const Trial& trial) {
    auto stat = desk_.ports.fs.stat(layout::trial(trial.id));
    if (!stat || trial.inode == 0 || stat->inode == trial.inode) return false;
    if (is_ended(trial.state)) return trial.settled;
    if (is_being_set_aside(desk_.ports.fs, trial)) return false;
    Event event = desk_.books.event(EventKind::vanished, trial.id);
    event.text = "its directory was removed and made anew";
    desk_.books.record(event);
    return false;
}

bool Sweep::foreign(const FileStat& stat, const std::string& path) {
    const Revision* revision = desk_.ledger().latest();
    if (revision && revision->experiment.group) return false;
    if (!owner_known_) {
        auto root = desk_.ports.fs.stat("");
        if (!root) return false;
        owner_ = root->owner;
        owner_known_ = true;
    }
    if (stat.owner == owner_) return false;
    if (complained_.insert(path).second)
        desk_.ports.log.warn(
            "{}: belongs to another user (uid {}) and is not taken; \"group\": true in experiment.json "
            "allows it",
            path, stat.owner);
    return true;
}

void Sweep::admit(const TrialId& id, const TrialFiles& files) {
    const Revision* revision = desk_.ledger().latest();
    if (!revision || (!desk_.options.only.empty() && desk_.options.only != id)) return;
    if (!files.config) {
        unready_[id].reset();
        return;
    }
    std::string path = layout::config(id);
    const Moment begin{desk_.ports.clock.now(), desk_.ports.clock.monotonic()};
    auto stat = desk_.ports.fs.stat(path);
    if (!stat || foreign(*stat, path)) return;
    const Trial* before = desk_.ledger().find(id);
    std::int64_t incarnation = before ? before->incarnation + 1 : 1;
    auto text = read_document(desk_.ports.fs, path, document_limit);
    if (!text && may_pass(text.error())) return look_again(id, text.error());
    auto config = text ? read_config(*text, path) : Result<Config>(fail(text.error()));
    if (!config && may_be_unfinished(id, *stat, begin)) return;
    Result<Outcome> told = fail(Code::not_found, "");
    if (files.outcome) told = read_told(id);
    if (!told && may_pass(told.error())) return look_again(id, told.error());
    unready_.erase(id);
    create(id, config ? *config : Config{}, text ? *text : "", incarnation);
    if (files.outcome) return adopt_outcome(id, told);
    if (!config) return refuse(id, "config", config.error().text());
    const TrialId* twin = desk_.ledger().proposed_as(config->proposal.run, config->proposal.k);
    if (!config->proposal.run.empty() && twin && *twin != id)
        return refuse(id, "duplicate", "the same proposal as trial " + *twin);
    if (auto fresh = look_at_trial(desk_.ports.fs, id)) read_requests(*desk_.ledger().find(id), *fresh);
}

// By the file's time or, where the server's clock is ahead of ours, by how long it has looked the same.
// `before` it was looked at: it may have been finished since.
bool Sweep::may_be_unfinished(const TrialId& id, const FileStat& config, const Moment& before) {
    if (before.now - config.modified >= settling_time) return false;
    auto& torn = unready_[id];
    if (!torn || torn->modified != config.modified) torn = Torn{config.modified, before.monotonic};
    return before.monotonic - torn->since < settling_time;
}

bool Sweep::sees_one_being_written() const {
    return std::any_of(unready_.begin(), unready_.end(),
                       [](auto& entry) { return entry.second.has_value(); });
}

void Sweep::create(const TrialId& id, const Config& config, const std::string& text,
                   std::int64_t incarnation) {
    Event event = desk_.books.event(EventKind::created, id);
    Trial trial;
    trial.id = id;
    trial.incarnation = incarnation;
    trial.revision = desk_.ledger().latest()->number;
    trial.config_hash = content_hash(text);
    trial.run = config.proposal.run;
    trial.k = config.proposal.k;
    if (auto stat = desk_.ports.fs.stat(layout::trial(id))) trial.inode = stat->inode;
    event.state = trial;
    desk_.books.record(event);
}

void Sweep::refuse(const TrialId& id, const std::string& kind, const std::string& why) {
    Event event = desk_.books.event(EventKind::concluded, id);
    Outcome outcome;
    outcome.seq = desk_.ledger().next_seq();
    outcome.state = EndState::failed;
    outcome.kind = kind;
    outcome.reason = why;
    outcome.ended = event.at;
    event.outcome = outcome;
    if (desk_.books.record(event)) desk_.ports.log.warn("trial {} is refused: {}", id, why);
}

// An outcome that this journal does not know: a copy, or the watcher before got further than its
// journal was sealed. An ended trial stays ended, with the values that were told.
void Sweep::adopt_outcome(const TrialId& id, const Result<Outcome>& told) {
    if (!told) return desk_.ports.log.warn("{}", told.error().text());
    Event event = desk_.books.event(EventKind::concluded, id);
    event.outcome = *told;
    desk_.books.record(event);
}

Result<Outcome> Sweep::read_told(const TrialId& id) {
    auto text = read_document(desk_.ports.fs, layout::outcome(id), outcome_limit);
    if (!text) return fail(text.error());
    return read_outcome(*text, layout::outcome(id));
}

void Sweep::look_again(const TrialId& id, const Error& why) {
    desk_.ports.log.warn("{}; looked at again", why.text());
    unready_[id].reset();
}

}  // namespace tw
