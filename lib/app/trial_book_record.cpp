// What a start takes from the record of ended trials, and what goes into it: protocol/07, 7.9.
#include <algorithm>

#include "app/trial_book.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// A directory whose time is younger may change once more without another time: protocol/03, [3.15].
constexpr Seconds coarseness{3};

bool rests(const FileStat& directory, Instant now) {
    return now - directory.modified > coarseness;
}

RecordedTrial to_record(const TrialId& id, const FileStat& directory, const BookedTrial& trial,
                        const Outcome& outcome) {
    RecordedTrial recorded;
    recorded.id = id;
    recorded.inode = directory.inode;
    recorded.modified = directory.modified;
    recorded.owned = trial.owned;
    recorded.reports = trial.reports;
    recorded.config = trial.config;
    recorded.outcome = outcome;
    return recorded;
}

// As judge_unwatched() has it; only complete ones are recorded.
bool is_whole(const Outcome& outcome, const Experiment& experiment) {
    auto measured = [&](auto& bound) { return outcome.values.contains(bound.name); };
    return std::all_of(experiment.objectives.begin(), experiment.objectives.end(), measured) &&
           std::all_of(experiment.outcome_constraints.begin(), experiment.outcome_constraints.end(),
                       measured);
}

// Where a watcher is, the journal has the last word of who has ended; and what experiment.json says now
// holds.
bool holds(const RecordedTrial& trial, const Experiment& experiment,
           const std::optional<JournalDigest>& journal) {
    if (!trial.owned && !experiment.group) return false;
    if (trial.alone && !is_whole(trial.outcome, experiment)) return false;
    if (!journal) return true;
    auto known = journal->trials.find(trial.id);
    return !trial.alone && (known == journal->trials.end() || known->second.ended == trial.outcome.seq);
}

}  // namespace

Status TrialBook::begin(const Experiment& experiment, EndedRecord& record, Instant now) {
    auto journal = read_digest(ports_.fs);
    if (!journal) return fail(journal.error());
    watched_ = journal->has_value();
    record.read();
    Beginning beginning{*journal, record, now, {}, {}};
    if (auto looked = look_at_everything(experiment, &beginning); !looked) return looked;
    record.write();
    unrecorded_ = std::move(beginning.young);
    if (*journal) remember(**journal);
    return {};
}

bool TrialBook::recall(const TrialId& id, const Experiment& experiment, Beginning& beginning,
                       std::vector<Ending>& found) {
    auto trial = beginning.directory ? beginning.record.find(id, *beginning.directory) : std::nullopt;
    if (!trial || !holds(*trial, experiment, beginning.journal)) return false;
    beginning.record.keep(id);
    if (beginning.journal) beginning.journal->trials.erase(id);
    BookedTrial& booked = insert(id, std::move(trial->config));
    booked.owned = trial->owned;
    booked.reports = trial->reports;
    if (trial->outcome.seq > 0)
        conclude(booked, id, std::move(trial->outcome));
    else
        found.emplace_back(id, std::move(trial->outcome));
    return true;
}

// One that was read from its directory. `alone`: it has no outcome.json.
void TrialBook::note(const Ending& ending, bool alone, Beginning& beginning) {
    auto& [id, outcome] = ending;
    if (!beginning.directory) return;
    if (alone && outcome.state != EndState::complete) return;  // what was wrong with it is to be said again
    if (!rests(*beginning.directory, beginning.now)) {
        beginning.young.insert(id);
        return;
    }
    RecordedTrial recorded = to_record(id, *beginning.directory, trials_.at(id), outcome);
    recorded.alone = alone;
    beginning.record.add(recorded);
}

void TrialBook::remember(const JournalDigest& journal) {
    for (auto& [id, trial] : journal.others.trials())
        if (auto known = trials_.find(id); known != trials_.end())
            known->second.closing = trial.state == TrialState::closing;
    std::map<TrialId, const DigestedTrial*> removed;
    for (auto& [id, trial] : journal.trials)
        if (!trial.run.empty() && trial.k >= 0 && !trials_.contains(id)) removed.emplace(id, &trial);
    for (auto& [id, trial] : removed) proposed_.try_emplace({trial->run, trial->k}, id);
}

// Read once more: what was read before may be older than the time that its directory has now. Without a
// watcher nothing is recorded but by begin(), for nobody would notice here that a trial is done again.
void TrialBook::record_ended(EndedRecord& record, Instant now) {
    if (!watched_) return;
    std::set<TrialId> young;
    for (auto& id : unrecorded_) {
        auto directory = ports_.fs.stat(layout::trial(id));
        if (!directory) continue;
        if (!rests(*directory, now)) {
            young.insert(id);
            continue;
        }
        const BookedTrial& trial = trials_.at(id);
        auto text = read_document(ports_.fs, layout::outcome(id), outcome_limit);
        auto outcome = text ? read_outcome(*text, layout::outcome(id)) : Result<Outcome>(fail(text.error()));
        if (!outcome || !trial.outcome || outcome->seq != trial.outcome->seq) continue;
        record.add(to_record(id, *directory, trial, *outcome));
    }
    unrecorded_ = std::move(young);
    record.write();
}

}  // namespace tw
