#include "app/proposals.hpp"

#include <algorithm>

#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// From here on two syncs of everything cost less than two of each.
constexpr std::size_t many = 4;

const std::string aside_begin = ".config.json.opt";  // as publish() names it, with our nonce

Published publish_each(FileSystem& fs, const std::vector<std::string>& texts, const std::string& nonce,
                       std::int64_t number) {
    Published published;
    for (auto& text : texts) {
        auto id = create_trial_directory(fs, text, nonce, number);
        if (!id) {
            published.status = fail(id.error());
            break;
        }
        published.ids.push_back(*id);
        number = std::stoll(*id) + 1;
    }
    return published;
}

// Reserves a number and puts the config there under a name that nobody reads.
Result<TrialId> lay_out(FileSystem& fs, const std::string& text, const std::string& aside,
                        std::int64_t& number) {
    for (;;) {
        TrialId id = numbered_trial(number++);
        auto made = fs.make_directory(layout::trial(id));
        if (!made && made.error().code == Code::exists) continue;
        if (made) made = fs.create(layout::trial(id) + "/" + aside, text);
        if (made) return id;
        (void)fs.remove_directory(layout::trial(id));
        return fail(made.error());
    }
}

Status reveal(FileSystem& fs, const std::vector<TrialId>& ids, const std::string& aside) {
    if (auto synced = fs.sync_all(); !synced) return synced;  // the bytes before the names
    for (auto& id : ids) {
        std::string from = layout::trial(id) + "/" + aside;
        if (auto linked = link_surely(fs, from, layout::config(id)); !linked) return linked;
        (void)remove_if_there(fs, from);
    }
    return fs.sync_all();
}

// The directory stays where the config is there.
void take_back(FileSystem& fs, const TrialId& id, const std::string& aside) {
    (void)remove_if_there(fs, layout::trial(id) + "/" + aside);
    (void)fs.remove_directory(layout::trial(id));
}

Published publish_together(FileSystem& fs, const std::vector<std::string>& texts, const std::string& nonce,
                           std::int64_t number) {
    std::string aside = ".config.json." + nonce + ".tmp";
    Published published;
    for (auto& text : texts) {
        auto id = lay_out(fs, text, aside, number);
        if (id) published.ids.push_back(*id);
        if (!id) published.status = fail(id.error());
        if (!id) break;
    }
    if (published.status) published.status = reveal(fs, published.ids, aside);
    if (published.status) return published;
    for (auto& id : published.ids) take_back(fs, id, aside);
    published.ids.clear();
    return published;
}

}  // namespace

Published publish_proposals(FileSystem& fs, const std::vector<std::string>& texts, const std::string& nonce,
                            std::int64_t first_number) {
    auto publish_them = texts.size() < many ? publish_each : publish_together;
    return publish_them(fs, texts, nonce, first_number);
}

bool remove_leftover(FileSystem& fs, const TrialId& id) {
    auto entries = fs.list(layout::trial(id));
    if (!entries) return entries.error().code == Code::not_found && !is_listed(fs, layout::trial(id));
    if (entries->empty()) return false;
    auto ours = [](auto& entry) {
        return entry.kind == FileKind::file && entry.name.starts_with(aside_begin);
    };
    if (!std::all_of(entries->begin(), entries->end(), ours)) return false;
    for (auto& entry : *entries) (void)remove_if_there(fs, layout::trial(id) + "/" + entry.name);
    return fs.remove_directory(layout::trial(id)).has_value();
}

std::string proposal_nonce(const std::string& random) {
    return "opt" + random;
}

}  // namespace tw
