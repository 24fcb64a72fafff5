#include "app/warm_start.hpp"

#include <algorithm>
#include <iterator>

#include "app/unwatched.hpp"
#include "base/text.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// One experiment that is only read.
class Earlier {
public:
    Earlier(FileSystem& fs, Experiment experiment, bool watched)
        : fs_(fs), experiment_(std::move(experiment)), watched_(watched) {}

    // In the order of their endings. What cannot be seen is an error: it may be the best.
    Result<std::vector<RecordedTrial>> complete() {
        auto listing = list_trials(fs_);
        if (!listing) return fail(listing.error());
        std::vector<RecordedTrial> trials;
        for (auto& id : listing->ids) {
            auto files = look_at_trial(fs_, id);
            if (!files) return fail(files.error());
            auto outcome = read_end(id, *files);
            if (!outcome) return fail(outcome.error());
            if (!*outcome || (*outcome)->state != EndState::complete || !files->config) continue;
            auto text = read_document(fs_, layout::config(id), document_limit);
            if (!text) return fail(text.error());
            auto config = read_config(*text, layout::config(id));
            if (!config) continue;
            RecordedTrial trial;
            trial.id = id;
            trial.config = PackedConfig(std::move(*config));
            trial.outcome = std::move(**outcome);
            trials.push_back(std::move(trial));
        }
        std::sort(trials.begin(), trials.end(), ends_before);
        return trials;
    }

private:
    Result<std::optional<Outcome>> read_end(const TrialId& id, const TrialFiles& files) {
        if (!files.outcome)
            return !watched_ && files.has("result.json")
                       ? judge_unwatched(fs_, id, experiment_.objectives, experiment_.outcome_constraints)
                       : std::nullopt;
        auto text = read_document(fs_, layout::outcome(id), outcome_limit);
        if (!text && may_pass(text.error())) return fail(text.error());
        auto outcome = text ? read_outcome(*text, layout::outcome(id)) : Result<Outcome>(fail(text.error()));
        return outcome ? std::optional(std::move(*outcome)) : std::nullopt;
    }

    static bool ends_before(const RecordedTrial& a, const RecordedTrial& b) {
        if (a.outcome.seq != b.outcome.seq) return a.outcome.seq < b.outcome.seq;
        return a.outcome.ended != b.outcome.ended ? a.outcome.ended < b.outcome.ended
                                                  : natural_less(a.id, b.id);
    }

    FileSystem& fs_;
    Experiment experiment_;
    bool watched_;
};

Error useless(const std::string& directory, const Error& error) {
    return {may_pass(error) ? error.code : Code::invalid,
            "cannot warm start from '" + directory + "': " + error.what,
            layout::experiment_file,
            "/optimizer/warm_start",
            0,
            error.hint};
}

// By its id, which a copy has as well, and the inode, which another disk may have.
bool is_same(FileSystem& own, FileSystem& other) {
    auto here = own.stat(""), there = other.stat("");
    auto id = read_identity_file(own), its = read_identity_file(other);
    return here && there && here->inode == there->inode && id && its && *id && *its &&
           (*id)->id == (*its)->id;
}

// As the text of another one, which has a file of its own.
Error within(Error error, const std::string& directory) {
    Error whole = error;
    if (!error.file.starts_with('/'))
        whole.file = error.file.empty() ? directory : directory + "/" + error.file;
    whole.hint.clear();
    error.what = whole.text();
    return error;
}

// Of many mistakes in its experiment.json the first.
Result<std::vector<RecordedTrial>> read_earlier(FileSystem& fs, const std::string& directory) {
    auto loaded = load_experiment(fs);
    if (!loaded) return fail(within(loaded.error().front(), directory));
    auto epochs = list_epochs(fs);
    if (!epochs) return fail(within(epochs.error(), directory));
    auto trials = Earlier(fs, loaded->experiment, !epochs->empty()).complete();
    if (!trials) return fail(within(trials.error(), directory));
    return trials;
}

Result<std::vector<ImportedTrial>> gather(Ports ports, const DirectoryOpener& open,
                                          const std::vector<std::string>& directories) {
    std::vector<ImportedTrial> imported;
    for (auto& directory : directories) {
        auto trials = earlier_trials(ports.fs, open, directory);
        if (!trials) return fail(trials.error());
        if (trials->empty()) ports.log.warn("{} has no complete trial to begin with", directory);
        std::move(trials->begin(), trials->end(), std::back_inserter(imported));
    }
    return imported;
}

}  // namespace

Result<std::vector<ImportedTrial>> earlier_trials(FileSystem& own, const DirectoryOpener& open,
                                                  const std::string& directory) {
    if (!open) return fail(useless(directory, {Code::refused, "this program opens none", {}, {}, 0, {}}));
    auto fs = open(directory.starts_with('/') ? directory : own.root() + "/" + directory);
    if (!fs) {
        if (fs.error().hint.empty()) fs.error().hint = "name directories from this one's, or absolute";
        return fail(useless(directory, fs.error()));
    }
    if (is_same(own, **fs)) return fail(useless(directory, {Code::invalid, "it is this one", {}, {}, 0, {}}));
    auto trials = read_earlier(**fs, directory);
    if (!trials) return fail(useless(directory, trials.error()));
    std::vector<ImportedTrial> earlier;
    for (auto& trial : *trials) earlier.push_back({directory, std::move(trial)});
    return earlier;
}

Result<std::vector<ImportedTrial>> import_trials(Ports ports, const DirectoryOpener& open,
                                                 const std::vector<std::string>& directories,
                                                 const std::string& nonce) {
    if (directories.empty()) return std::vector<ImportedTrial>{};
    std::string path = import_path(directories);
    auto known = read_import(ports.fs, path);
    if (!known) return fail(known.error());
    if (*known) return std::move(**known);
    auto imported = gather(ports, open, directories);
    if (!imported) return imported;
    if (auto made = publish_import(ports.fs, path, *imported, nonce); !made) return fail(made.error());
    return imported;
}

}  // namespace tw
