#include "app/ctl/create.hpp"

#include <algorithm>
#include <array>

#include "app/ctl/advise.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::array own_names{"config.json", "outcome.json", "result.json", "metrics.jsonl", "stop",
                               "kill",        "retry",        "logs",        "checkpoint"};

Status copy_large(const TrialInput& input, FileSystem& fs, const std::string& path) {
    constexpr std::int64_t piece = 8 << 20;
    auto file = fs.create_appender(path);
    if (!file) return fail(file.error());
    for (std::int64_t offset = 0;; offset += piece) {
        auto bytes = input.source.fs->read(input.source.name, offset, piece);
        if (!bytes) return fail(bytes.error());
        if (auto added = (*file)->append(*bytes); !added) return added;
        if (static_cast<std::int64_t>(bytes->size()) < piece) return {};
    }
}

Status copy_input(const TrialInput& input, FileSystem& fs, const std::string& path) {
    constexpr std::int64_t large = 64 << 20;
    auto stat = input.source.fs->stat(input.source.name);
    if (!stat) return fail(stat.error());
    if (stat->size > large) return copy_large(input, fs, path);
    auto bytes = input.source.fs->read(input.source.name, 0, stat->size);
    if (!bytes) return fail(bytes.error());
    return fs.create(path, *bytes, stat->mode & 0777);
}

Result<TrialId> reserve(FileSystem& fs, std::int64_t& number) {
    for (;;) {
        TrialId id = numbered_trial(number++);
        auto made = fs.make_directory(layout::trial(id));
        if (made) return id;
        if (made.error().code != Code::exists) return fail(made.error());
    }
}

// What a trial is made of, with its config under a temporary name.
Status fill(FileSystem& fs, const TrialId& id, const std::string& config, const std::string& aside,
            const std::vector<TrialInput>& inputs) {
    for (auto& input : inputs)
        if (auto copied = copy_input(input, fs, layout::trial(id) + "/" + input.name); !copied) return copied;
    return fs.create(layout::trial(id) + "/" + aside, config);
}

// The bytes of all trials before the name of any: one sync for several hundred.
Status reveal(FileSystem& fs, const std::vector<TrialId>& ids, const std::string& aside) {
    if (auto synced = fs.sync_all(); !synced) return synced;
    for (auto& id : ids) {
        std::string from = layout::trial(id) + "/" + aside;
        if (auto linked = link_surely(fs, from, layout::config(id)); !linked) return linked;
        (void)remove_if_there(fs, from);
    }
    return fs.sync_all();
}

}  // namespace

Result<std::int64_t> next_number(FileSystem& fs) {
    auto listing = list_trials(fs);
    if (!listing && listing.error().code == Code::not_found) return 0;
    if (!listing) return fail(listing.error());
    std::int64_t next = 0;
    for (auto* ids : {&listing->ids, &listing->aside})
        for (auto& id : *ids)
            if (is_numbered(id)) next = std::max(next, static_cast<std::int64_t>(std::stoll(id)) + 1);
    return next;
}

Result<std::vector<TrialInput>> open_inputs(CtlContext& context, const std::vector<std::string>& paths) {
    std::vector<TrialInput> inputs;
    for (auto& path : paths) {
        std::string name = name_of(path);
        auto taken = [&](auto& input) { return input.name == name; };
        bool own = std::find(own_names.begin(), own_names.end(), name) != own_names.end();
        if (own || name.empty() || name.starts_with('.'))
            return fail(advise(Code::usage, "an input cannot be called '" + name + "'",
                               "the toolkit uses this name; rename the file", path));
        if (std::any_of(inputs.begin(), inputs.end(), taken))
            return fail(Code::usage, "two inputs are called '" + name + "'", path);
        auto file = context.find_file(path);
        if (!file) return fail(file.error());
        auto stat = file->fs->stat(file->name);
        if (!stat) return fail(stat.error());
        if (stat->kind != FileKind::file) return fail(Code::usage, "an input must be a file", path);
        inputs.push_back({std::move(*file), name});
    }
    return inputs;
}

Result<std::vector<TrialId>> create_trials(CtlContext& context, FileSystem& fs,
                                           const std::vector<std::string>& configs,
                                           const std::vector<TrialInput>& inputs) {
    if (auto made = make_directory_if_absent(fs, layout::trials); !made) return fail(made.error());
    auto number = next_number(fs);
    if (!number) return fail(number.error());
    std::string aside = ".config.json." + temporary_nonce(context) + ".tmp";
    std::vector<TrialId> ids;
    Status status;
    for (std::size_t i = 0; i < configs.size() && status; ++i) {
        auto id = reserve(fs, *number);
        if (id) ids.push_back(*id);
        status = id ? fill(fs, *id, configs[i], aside, inputs) : Status(fail(id.error()));
    }
    if (!status) {
        for (auto& id : ids) (void)remove_tree(fs, layout::trial(id));
        return fail(status.error());
    }
    if (auto revealed = reveal(fs, ids, aside); !revealed) return fail(revealed.error());
    for (auto& id : ids) ring(context, fs, id);
    return ids;
}

}  // namespace tw
