// What lies under trials/, as the optimizer needs it: proposals, other people's trials, how they ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/ended_record.hpp"
#include "app/ports.hpp"
#include "base/ids.hpp"
#include "records/documents.hpp"
#include "records/experiment.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/journal_digest.hpp"

namespace tw {

struct BookedTrial {
    PackedConfig config;
    bool proposal = false;  // of a search: the first trial with its (run, k); its directory is watched
    std::optional<Outcome> outcome;
    bool owned = true;     // its config.json belongs to the experiment's owner; with `group` nobody looks
    bool reports = false;  // it has a metrics.jsonl
    bool closing = false;  // the journal says that it is being ended
    std::optional<Measured> last;  // of an ended one: of the pruner's metric, at the highest step
};

// Under a watcher (a journal exists) outcome.json alone ends a trial. Where no watcher ever ran, a
// result.json ends it too, and such endings are numbered in the order of their times as they are found.
class TrialBook {
public:
    explicit TrialBook(Ports ports) : ports_(ports) {}

    // Once, first of all: what has ended is taken from the record where that may be believed, and goes into
    // it where not. Then the journal is remembered: proposals whose directories were removed stay proposed,
    // and which trials are being ended. `now`: the file server's time.
    Status begin(const Experiment& experiment, EndedRecord& record, Instant now);

    // Lists trials/, reads what is new and looks at every trial that has not ended.
    Status look_around(const Experiment& experiment);

    void look_at_live(const Experiment& experiment);  // proposals alone

    // A few of those that ended otherwise than complete, in turn: a retry takes the outcome away.
    void look_again();

    // Puts those into the record that have ended since, once their directories rest.
    void record_ended(EndedRecord& record, Instant now);

    void add(const TrialId& id, const Config& config);  // made this moment
    void note_last(const TrialId& id, std::optional<Measured> last) { trials_.at(id).last = last; }

    // Trials that ended since the last call, in seq order.
    std::vector<TrialId> take_ended();

    const std::map<TrialId, BookedTrial>& trials() const { return trials_; }
    std::int64_t proposals() const;                     // of all runs, removed ones included
    std::int64_t next_k(const std::string& run) const;  // above every one that was ever proposed
    bool was_proposed(const std::string& run, std::int64_t k) const { return proposed_.contains({run, k}); }
    const std::set<TrialId>& live() const { return live_; }      // proposals without an outcome
    const std::set<TrialId>& others() const { return others_; }  // made by hand, without an outcome
    bool all_ended() const { return live_.empty() && others_.empty(); }
    bool watched() const { return watched_; }
    std::int64_t free_number() const { return free_number_; }
    void give_back(const TrialId& id);  // its directory is gone and was no trial
    const std::vector<TrialId>& without_config() const {
        return without_config_;
    }  // of the last look_around()

private:
    using Ending = std::pair<TrialId, Outcome>;

    struct Beginning {
        std::optional<JournalDigest>& journal;  // less the trials that were taken from the record
        EndedRecord& record;
        Instant now;
        std::optional<FileStat> directory;  // of the trial that is looked at, before anything in it is read
        std::set<TrialId> young;            // not to be recorded yet
    };

    Status look_at_everything(const Experiment& experiment, Beginning* beginning);
    void look_at_listed(const TrialId& id, const Experiment& experiment, Beginning* beginning,
                        std::vector<Ending>& found);
    bool recall(const TrialId& id, const Experiment& experiment, Beginning& beginning,
                std::vector<Ending>& found);
    void note(const Ending& ending, bool alone, Beginning& beginning);
    void remember(const JournalDigest& journal);
    void admit(const TrialId& id);
    BookedTrial& insert(const TrialId& id, PackedConfig config);
    bool foreign(const std::string& path, bool group);
    void look_at(const TrialId& id, const TrialFiles& files, const Experiment& experiment,
                 std::vector<Ending>& found);
    void look_at_all(const std::set<TrialId>& ids, const Experiment& experiment, std::vector<Ending>& found);
    bool is_moving(const TrialId& id);
    std::optional<TrialFiles> list(const TrialId& id);
    std::optional<Outcome> read_end(const TrialId& id, const TrialFiles& files, const Experiment& experiment);
    std::optional<Outcome> judge_alone(const TrialId& id, const Experiment& experiment);
    void conclude(BookedTrial& trial, const TrialId& id, Outcome outcome);
    void end(std::vector<Ending> found);
    void reopen(const TrialId& id);
    void set_live(const TrialId& id);
    void forget(const TrialId& id);
    void complain(const std::string& about, const std::string& text);

    Ports ports_;
    std::map<TrialId, BookedTrial> trials_;
    std::set<TrialId> live_, others_;  // without an outcome: proposals, and the rest
    std::map<std::pair<std::string, std::int64_t>, TrialId> proposed_;
    std::set<TrialId> unsuccessful_;  // ended otherwise than complete
    std::set<TrialId> unrecorded_;    // ended, and not in the record yet
    std::set<TrialId> news_;
    std::map<std::string, std::string> complained_;  // what was said about a file
    TrialId cursor_;
    std::vector<TrialId> without_config_;
    std::optional<std::uint32_t> owner_;
    std::int64_t free_number_ = 0, last_seq_ = 0;
    std::optional<Error> unseen_;  // what the last look around could not see: it may hold anything
    bool watched_ = false;
};

}  // namespace tw
