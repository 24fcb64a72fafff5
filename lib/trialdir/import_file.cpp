#include "trialdir/import_file.hpp"

#include "base/text.hpp"
#include "trialdir/frames.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::string_view magic = "trialwatch import 1\n", last = "end";
constexpr std::int64_t longest = std::int64_t(1) << 32;

std::optional<std::vector<ImportedTrial>> parse(std::string_view bytes) {
    if (!bytes.starts_with(magic)) return std::nullopt;
    std::vector<ImportedTrial> trials;
    std::size_t at = magic.size();
    for (;;) {
        auto from = next_frame(bytes, at);
        if (!from) return std::nullopt;
        if (at == bytes.size()) break;
        auto payload = next_frame(bytes, at);
        auto trial = payload ? read_recorded(*payload) : std::nullopt;
        if (!trial) return std::nullopt;
        trials.push_back({std::string(*from), std::move(*trial)});
    }
    return bytes.ends_with(frame(last)) ? std::optional(std::move(trials)) : std::nullopt;
}

}  // namespace

std::string import_path(const std::vector<std::string>& directories) {
    std::string text;
    for (auto& directory : directories) text += std::to_string(directory.size()) + ":" + directory;
    return layout::optimizer + "/imported." + content_hash(text).substr(0, 12);
}

Status publish_import(FileSystem& fs, const std::string& path, const std::vector<ImportedTrial>& trials,
                      const std::string& nonce) {
    std::string bytes(magic);
    for (auto& imported : trials) bytes += frame(imported.from) + frame(write_recorded(imported.trial));
    return publish(fs, path, bytes + frame(last), nonce);
}

Result<std::optional<std::vector<ImportedTrial>>> read_import(FileSystem& fs, const std::string& path) {
    auto there = listed(fs, path);
    if (!there) return fail(there.error());
    if (!*there) return std::optional<std::vector<ImportedTrial>>{};
    auto bytes = fs.read(path, 0, longest);
    if (!bytes) return fail(bytes.error());
    auto trials = parse(*bytes);
    if (!trials)
        return fail({Code::invalid,
                     "the imported trials are damaged, or of a newer trialopt",
                     path,
                     {},
                     0,
                     "remove this file: they are imported again, and another run begins"});
    return trials;
}

}  // namespace tw
