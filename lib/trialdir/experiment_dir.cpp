#include "trialdir/experiment_dir.hpp"

#include <algorithm>

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/spool.hpp"

namespace tw {

namespace {

Status make_directories(FileSystem& fs) {
    for (auto& directory :
         {layout::trials, layout::private_directory, layout::journal, layout::claims, layout::programs,
          layout::scripts, layout::once, layout::requests, layout::optimizer, layout::beats, layout::zombies})
        if (auto made = make_directory_if_absent(fs, directory); !made) return made;
    return Spool(fs).make_directories();
}

Error refused_name(const DirectoryEntry& entry) {
    Error error{Code::refused, "not a trial", layout::trials + "/" + entry.name, {}, 0, {}};
    if (entry.kind == FileKind::symlink) {
        error.what = "a trial directory cannot be a symbolic link";
        error.hint = "move the directory itself here";
    } else if (auto good = check_trial_id(entry.name); !good) {
        error.what = good.error().what;
        error.hint = "rename it, or move it out of trials/";
    } else {
        error.what = "a trial must be a directory";
    }
    return error;
}

}  // namespace

Result<Identity> prepare_experiment(FileSystem& fs, const std::string& fresh_id, const std::string& maker) {
    if (auto made = make_directories(fs); !made) return fail(made.error());
    auto known = read_identity_file(fs);
    if (!known) return fail(known.error());
    if (*known) return **known;
    auto root = fs.stat("");
    if (!root) return fail(root.error());
    Identity identity{fresh_id, fs.root(), root->inode};
    for (auto& directory : {layout::spool, std::string()})
        if (auto synced = fs.sync(directory); !synced) return fail(synced.error());
    auto made = publish(fs, layout::identity, write_identity(identity),
                        maker.empty() ? fresh_id : fresh_id + "." + maker);
    if (made) return identity;
    if (made.error().code != Code::exists) return fail(made.error());
    known = read_identity_file(fs);  // somebody else was faster
    if (!known) return fail(known.error());
    if (!*known)
        return fail(Code::busy, "somebody else prepares this experiment at this moment", layout::identity);
    return **known;
}

Result<std::optional<Identity>> read_identity_file(FileSystem& fs) {
    // Listed first: a look by name in vain would be remembered by a network client (is_listed).
    auto entries = fs.list(layout::private_directory);
    if (!entries && entries.error().code == Code::not_found) return std::optional<Identity>{};
    if (!entries) return fail(entries.error());
    bool there = std::any_of(entries->begin(), entries->end(),
                             [](auto& entry) { return entry.name == name_of(layout::identity); });
    if (!there) return std::optional<Identity>{};
    auto text = read_document(fs, layout::identity, document_limit);
    if (!text) return fail(text.error());
    auto identity = read_identity(*text, layout::identity);
    if (!identity) return fail(identity.error());
    return std::optional<Identity>(*identity);
}

Status check_identity(FileSystem& fs, const Identity& identity) {
    auto root = fs.stat("");
    if (!root) return fail(root.error());
    if (identity.path == fs.root() && identity.inode == root->inode) return {};
    Error error{Code::refused,
                "this directory is a copy of an experiment, or it was moved: it was made as " + identity.path,
                layout::identity,
                {},
                0,
                {}};
    error.hint = "say which it is: trialctl identity " + fs.root() +
                 " --moved (the same experiment, here now) or --copied (a new one)";
    return fail(std::move(error));
}

Status check_place(FileSystem& fs) {
    auto identity = read_identity_file(fs);
    if (!identity) return fail(identity.error());
    return *identity ? check_identity(fs, **identity) : Status{};
}

tl::expected<ExperimentText, std::vector<Error>> load_experiment(FileSystem& fs) {
    auto text = read_document(fs, layout::experiment_file, document_limit);
    if (!text) {
        Error error = text.error();
        if (error.code == Code::not_found) {
            error = {Code::invalid,
                     "there is no experiment.json",
                     fs.root(),
                     {},
                     0,
                     "trialctl init DIR makes an experiment"};
        }
        return tl::unexpected(std::vector<Error>{error});
    }
    auto experiment = read_experiment(*text, layout::experiment_file);
    if (!experiment) return tl::unexpected(experiment.error());
    return ExperimentText{std::move(*text), std::move(*experiment)};
}

Result<TrialListing> list_trials(FileSystem& fs) {
    auto entries = fs.list(layout::trials);
    if (!entries) return fail(entries.error());
    TrialListing listing;
    for (auto& entry : *entries) {
        if (is_temporary(entry.name)) continue;
        if (entry.kind == FileKind::directory && check_trial_id(entry.name))
            listing.ids.push_back(entry.name);
        else if (entry.kind != FileKind::file)
            listing.refused.push_back(refused_name(entry));
    }
    std::sort(listing.ids.begin(), listing.ids.end());
    // After trials/: one that is being set aside is in this list, or was in the first.
    auto zombies = fs.list(layout::zombies);
    if (!zombies && zombies.error().code != Code::not_found) return fail(zombies.error());
    if (zombies)
        for (auto& entry : *zombies) listing.aside.push_back(entry.name.substr(0, entry.name.find('.')));
    return listing;
}

bool TrialFiles::has(const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Result<TrialFiles> look_at_trial(FileSystem& fs, const TrialId& id) {
    auto entries = fs.list(layout::trial(id));
    if (!entries) return fail(entries.error());
    TrialFiles files;
    for (auto& entry : *entries)
        if (entry.kind == FileKind::file) files.names.push_back(entry.name);
    files.config = files.has("config.json");
    files.outcome = files.has("outcome.json");
    files.stop = files.has("stop");
    files.kill = files.has("kill");
    files.retry = files.has("retry");
    return files;
}

Result<TrialId> create_trial_directory(FileSystem& fs, const std::string& config_text,
                                       const std::string& nonce, std::int64_t first_number) {
    for (std::int64_t number = first_number;; ++number) {
        TrialId id = numbered_trial(number);
        auto made = fs.make_directory(layout::trial(id));
        if (!made && made.error().code == Code::exists) continue;
        if (!made) return fail(made.error());
        if (auto put = publish(fs, layout::config(id), config_text, nonce); !put) {
            (void)fs.remove_directory(layout::trial(id));  // else a full disk leaves one behind per try
            return fail(put.error());
        }
        if (auto synced = fs.sync(layout::trials); !synced) return fail(synced.error());
        return id;
    }
}

}  // namespace tw
