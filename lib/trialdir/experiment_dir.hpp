// The experiment directory as a whole: what it is, whether it may be used, what is in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "ports/filesystem.hpp"
#include "records/documents.hpp"
#include "records/event_name.hpp"
#include "records/experiment.hpp"

namespace tw {

// Makes .trialwatch with all its directories and its id, or completes what a crash left half made.
// `fresh_id`: 16 hex digits for a new one; `maker`: of its temporary name (temporaries.hpp). Returns the
// identity that is in force.
Result<Identity> prepare_experiment(FileSystem& fs, const std::string& fresh_id,
                                    const std::string& maker = "");

// The identity, or nothing where no watcher ever ran.
Result<std::optional<Identity>> read_identity_file(FileSystem& fs);

// Refuses an experiment whose directory is not the one its id was bound to: a copy would report its
// results under the other's name, and both would believe in the same jobs.
Status check_identity(FileSystem& fs, const Identity& identity);
// The same for the identity that lies in the directory; ok where none does yet. Before anything is written.
Status check_place(FileSystem& fs);

struct ExperimentText {
    std::string text;
    Experiment experiment;
};
tl::expected<ExperimentText, std::vector<Error>> load_experiment(FileSystem& fs);

// Trials that are on disk.
struct TrialListing {
    std::vector<TrialId> ids;
    std::vector<std::string> aside;  // trials that have a directory in zombies/: their names are taken, too
    std::vector<Error> refused;      // names and kinds that cannot be trials
};
Result<TrialListing> list_trials(FileSystem& fs);

// What a look into a trial directory shows.
struct TrialFiles {
    bool config = false, outcome = false, stop = false, kill = false, retry = false;
    std::vector<std::string> names;  // of its regular files
    bool has(const std::string& name) const;
};
Result<TrialFiles> look_at_trial(FileSystem& fs, const TrialId& id);

// Reserves the next free number by mkdir and puts config.json in. Returns the id.
Result<TrialId> create_trial_directory(FileSystem& fs, const std::string& config_text,
                                       const std::string& nonce, std::int64_t first_number);

// Files of the trial directory that match a glob such as "flows/*.json", in natural order. Names that no
// script could be given safely (control characters, bad UTF-8, symbolic links) are an error.
Result<std::vector<std::string>> match_inputs(FileSystem& fs, const TrialId& id, const std::string& pattern);

}  // namespace tw
