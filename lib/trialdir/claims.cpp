#include "trialdir/claims.hpp"

#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::int64_t claim_limit = 4096;

bool is_gate(const std::string& name) {
    return name.starts_with("go.");
}

// A void is a promise: it must outlast a crash of whoever made it.
Result<Voided> keep_void(FileSystem& fs, const TrialId& trial, const AttemptKey& key) {
    for (auto& path : {layout::claim(trial, key), layout::claims_of(trial)})
        if (auto synced = fs.sync(path); !synced) return fail(synced.error());
    return Voided::done;
}

// No gate is there to pass yet; but an owner that was overtaken may wake and open it.
Status make_directory_of(FileSystem& fs, const TrialId& trial) {
    auto made = make_directory_if_absent(fs, layout::claims_of(trial));
    return made ? fs.sync(layout::claims) : made;
}

// Of a name that tells none: 0.
std::int64_t incarnation_of(const std::string& name) {
    std::string number = is_gate(name) ? name.substr(3) : name.substr(0, name.find('.'));
    bool digits =
        !number.empty() && number.size() < 18 && number.find_first_not_of("0123456789") == std::string::npos;
    return digits ? std::stoll(number) : 0;
}

// How many of later incarnations were left. Code::not_yet: more than `most` were there.
Result<int> remove_all(FileSystem& fs, const std::string& directory, bool gates, std::int64_t incarnation,
                       std::int64_t& most) {
    auto entries = fs.list(directory);
    if (!entries) return fail(entries.error());
    int left = 0;
    for (auto& entry : *entries) {
        if (is_gate(entry.name) != gates) continue;
        if (incarnation_of(entry.name) > incarnation) {
            ++left;
            continue;
        }
        if (!gates && most-- <= 0) return fail(Code::not_yet, "there are more claims", directory);
        if (auto removed = remove_if_there(fs, directory + "/" + entry.name); !removed)
            return fail(removed.error());
    }
    return left;
}

}  // namespace

Status open_gate(FileSystem& fs, const TrialId& trial, std::int64_t incarnation) {
    if (auto made = make_directory_if_absent(fs, layout::claims_of(trial)); !made) return made;
    auto opened = fs.create(layout::gate(trial, incarnation), "");
    if (!opened && opened.error().code == Code::exists) return {};
    return opened;
}

Result<Voided> void_attempt(FileSystem& fs, const TrialId& trial, const AttemptKey& key) {
    auto made = fs.create(layout::claim(trial, key), "void\n");
    if (!made && made.error().code == Code::not_found) {
        if (auto ready = make_directory_of(fs, trial); !ready) return fail(ready.error());
        made = fs.create(layout::claim(trial, key), "void\n");
    }
    if (made) return keep_void(fs, trial, key);
    if (made.error().code != Code::exists) return fail(made.error());
    auto claim = read_claim(fs, trial, key);
    if (claim && claim->voided) return keep_void(fs, trial, key);
    bool unreadable = !claim && claim.error().code != Code::not_yet && claim.error().code != Code::invalid;
    if (unreadable) return fail(claim.error());
    return Voided::taken;
}

Result<Claim> read_claim(FileSystem& fs, const TrialId& trial, const AttemptKey& key) {
    auto text = read_document(fs, layout::claim(trial, key), claim_limit);
    if (!text) return fail(text.error());
    return parse_claim(*text);
}

Result<Instant> claim_time(FileSystem& fs, const TrialId& trial, const AttemptKey& key) {
    return fs.stat(layout::claim(trial, key)).map([](const FileStat& stat) { return stat.modified; });
}

Result<std::vector<AttemptKey>> list_claims(FileSystem& fs, const TrialId& trial) {
    auto entries = fs.list(layout::claims_of(trial));
    if (!entries && entries.error().code == Code::not_found) return std::vector<AttemptKey>{};
    if (!entries) return fail(entries.error());
    std::vector<AttemptKey> keys;
    for (auto& entry : *entries)
        if (auto key = AttemptKey::parse(entry.name)) keys.push_back(*key);
    return keys;
}

Status close_claims(FileSystem& fs, const TrialId& trial, std::int64_t incarnation, std::int64_t most) {
    std::string directory = layout::claims_of(trial);
    for (int i = 0; i < 8; ++i) {
        auto gates = remove_all(fs, directory, true, incarnation, most);
        auto claims = gates ? remove_all(fs, directory, false, incarnation, most) : gates;
        if (claims && *gates + *claims > 0) return {};
        Status removed = claims ? fs.remove_directory(directory) : Status(fail(claims.error()));
        if (removed || removed.error().code == Code::not_found) return {};
        if (removed.error().code != Code::exists) return removed;
    }
    return fail(Code::busy, "claims keep appearing", directory);
}

}  // namespace tw
