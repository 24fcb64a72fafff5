#include "app/trial_book.hpp"

#include <algorithm>

#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/quarantine.hpp"

namespace tw {

namespace {

// Ended trials that are looked at again per call.
constexpr int slice = 8;

// A number near the longest that a name can hold is somebody's joke and not counted on from.
constexpr std::size_t longest_counted = 15;

std::int64_t number_after(const TrialId& id) {
    return is_numbered(id) && id.size() <= longest_counted ? std::stoll(id) + 1 : 0;
}

}  // namespace

Status TrialBook::look_around(const Experiment& experiment) {
    return look_at_everything(experiment, nullptr);
}

Status TrialBook::look_at_everything(const Experiment& experiment, Beginning* beginning) {
    auto listing = list_trials(ports_.fs);
    if (!listing) return fail(listing.error());
    auto epochs = list_epochs(ports_.fs);
    if (!epochs) return fail(epochs.error());
    watched_ = watched_ || !epochs->empty();
    without_config_.clear();
    for (auto& id : listing->aside) free_number_ = std::max(free_number_, number_after(id));
    unseen_.reset();
    std::vector<Ending> found;
    std::vector<std::optional<FileStat>> directories;
    if (beginning) directories = ports_.fs.stat_entries(layout::trials, listing->ids);
    for (std::size_t i = 0; i < listing->ids.size(); ++i) {
        if (beginning) beginning->directory = directories[i];
        look_at_listed(listing->ids[i], experiment, beginning, found);
    }
    std::set<TrialId> unlisted(live_);
    unlisted.insert(others_.begin(), others_.end());
    for (auto& id : listing->ids) unlisted.erase(id);
    look_at_all(unlisted, experiment, found);
    end(std::move(found));
    return unseen_ ? Status(fail(*unseen_)) : Status{};
}

void TrialBook::look_at_listed(const TrialId& id, const Experiment& experiment, Beginning* beginning,
                               std::vector<Ending>& found) {
    free_number_ = std::max(free_number_, number_after(id));
    auto known = trials_.find(id);
    bool fresh = known == trials_.end();
    if (!fresh && known->second.outcome) return;
    if (beginning && recall(id, experiment, *beginning, found)) return;
    auto files = list(id);  // may forget it
    if (!files) return;
    if (!files->config) without_config_.push_back(id);
    if (fresh && files->config && !foreign(layout::config(id), experiment.group)) admit(id);
    if (!trials_.contains(id)) return;
    if (fresh) trials_.at(id).owned = !experiment.group;
    std::size_t before = found.size();
    look_at(id, *files, experiment, found);
    if (found.size() == before) {
        if (fresh) set_live(id);
    } else if (beginning) {
        note(found.back(), !files->outcome, *beginning);
    }
}

void TrialBook::look_at_live(const Experiment& experiment) {
    std::vector<Ending> found;
    look_at_all(std::set<TrialId>(live_), experiment, found);
    end(std::move(found));
}

void TrialBook::look_at_all(const std::set<TrialId>& ids, const Experiment& experiment,
                            std::vector<Ending>& found) {
    for (auto& id : ids)
        if (auto files = list(id)) look_at(id, *files, experiment, found);
}

void TrialBook::look_at(const TrialId& id, const TrialFiles& files, const Experiment& experiment,
                        std::vector<Ending>& found) {
    if (files.has("metrics.jsonl")) trials_.at(id).reports = true;
    if (auto outcome = read_end(id, files, experiment)) found.emplace_back(id, std::move(*outcome));
}

// The listing of a trial's directory. One that is surely gone is forgotten.
std::optional<TrialFiles> TrialBook::list(const TrialId& id) {
    auto files = look_at_trial(ports_.fs, id);
    if (files) return std::move(*files);
    bool gone = files.error().code == Code::not_found && is_surely_gone(ports_.fs, layout::trial(id));
    if (gone && !is_moving(id))
        forget(id);
    else
        unseen_ = files.error();
    return std::nullopt;
}

// A watcher is making its directory anew: that it is not there says nothing.
bool TrialBook::is_moving(const TrialId& id) {
    auto zombies = ports_.fs.list(layout::zombies);
    if (!zombies) return zombies.error().code != Code::not_found;
    auto is_old = [&](auto& entry) { return entry.name.starts_with(id + "."); };
    if (std::none_of(zombies->begin(), zombies->end(), is_old)) return false;
    auto segment = read_newest(ports_.fs);
    if (!segment) return true;
    auto ledger = *segment ? replay(**segment) : Result<Ledger>(Ledger{});
    const Trial* trial = ledger ? ledger->find(id) : nullptr;
    return trial && is_being_set_aside(ports_.fs, *trial);
}

void TrialBook::admit(const TrialId& id) {
    auto text = read_document(ports_.fs, layout::config(id), document_limit);
    if (!text && may_pass(text.error())) unseen_ = text.error();
    auto config = text ? read_config(*text, layout::config(id)) : Result<Config>(fail(text.error()));
    if (!config) return complain(layout::config(id), config.error().text());
    insert(id, PackedConfig(std::move(*config)));
}

void TrialBook::add(const TrialId& id, const Config& config) {
    insert(id, PackedConfig(config));
    set_live(id);
}

BookedTrial& TrialBook::insert(const TrialId& id, PackedConfig config) {
    const Proposal& proposal = config.proposal;
    BookedTrial trial;
    if (!proposal.run.empty() && proposal.k >= 0)
        trial.proposal = proposed_.try_emplace(proposed_.end(), {proposal.run, proposal.k}, id)->second == id;
    trial.config = std::move(config);
    free_number_ = std::max(free_number_, number_after(id));
    return trials_.insert_or_assign(trials_.end(), id, std::move(trial))->second;
}

// Requests and trials of another user are the watcher's to refuse; what they answer is not believed.
bool TrialBook::foreign(const std::string& path, bool group) {
    if (group) return false;
    if (!owner_) {
        auto root = ports_.fs.stat("");
        if (!root) return false;
        owner_ = root->owner;
    }
    auto stat = ports_.fs.stat(path);
    if (!stat) unseen_ = stat.error();
    if (!stat || stat->owner == *owner_) return !stat;
    complain(
        path,
        path + ": belongs to another user and is not read; \"group\": true in experiment.json allows it");
    return true;
}

std::vector<TrialId> TrialBook::take_ended() {
    std::vector<std::pair<std::int64_t, TrialId>> order;
    for (auto& id : news_) order.emplace_back(trials_.at(id).outcome->seq, id);
    news_.clear();
    std::sort(order.begin(), order.end());
    std::vector<TrialId> ended;
    for (auto& [seq, id] : order) ended.push_back(std::move(id));
    return ended;
}

std::int64_t TrialBook::proposals() const {
    return static_cast<std::int64_t>(proposed_.size());
}

std::int64_t TrialBook::next_k(const std::string& run) const {
    auto after = proposed_.lower_bound({run + '\0', 0});
    if (after == proposed_.begin() || std::prev(after)->first.first != run) return 0;
    return std::prev(after)->first.second + 1;
}

void TrialBook::give_back(const TrialId& id) {
    if (free_number_ > 0 && number_after(id) == free_number_) free_number_ -= 1;
}

void TrialBook::set_live(const TrialId& id) {
    bool proposal = trials_.at(id).proposal;
    (proposal ? live_ : others_).insert(id);
    if (proposal) ports_.waker.watch(layout::trial(id));
}

void TrialBook::forget(const TrialId& id) {
    if (!trials_.contains(id)) return;
    ports_.log.warn("trial {}: its directory was removed", id);
    ports_.waker.unwatch(layout::trial(id));
    live_.erase(id);
    others_.erase(id);
    unsuccessful_.erase(id);
    unrecorded_.erase(id);
    news_.erase(id);
    trials_.erase(id);
}

void TrialBook::complain(const std::string& about, const std::string& text) {
    if (std::exchange(complained_[about], text) != text) ports_.log.warn("{}", text);
}

void TrialBook::look_again() {
    if (!watched_) return;
    auto at = unsuccessful_.upper_bound(cursor_);
    std::vector<TrialId> ids;
    for (; at != unsuccessful_.end() && static_cast<int>(ids.size()) < slice; ++at) ids.push_back(*at);
    cursor_ = at == unsuccessful_.end() ? TrialId() : ids.back();
    for (auto& id : ids) reopen(id);
}

}  // namespace tw
