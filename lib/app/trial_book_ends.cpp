// How trials end: what outcome.json says, and where no watcher ever ran, result.json.
#include <algorithm>

#include "app/trial_book.hpp"
#include "app/unwatched.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

std::optional<Outcome> TrialBook::read_end(const TrialId& id, const TrialFiles& files,
                                           const Experiment& experiment) {
    if (!files.outcome)
        return !watched_ && files.has("result.json") ? judge_alone(id, experiment) : std::nullopt;
    std::string path = layout::outcome(id);
    auto text = read_document(ports_.fs, path, outcome_limit);
    auto outcome = text ? read_outcome(*text, path) : Result<Outcome>(fail(text.error()));
    if (outcome) return std::move(*outcome);
    if (outcome.error().code != Code::not_yet) complain(path, outcome.error().text());
    return std::nullopt;
}

std::optional<Outcome> TrialBook::judge_alone(const TrialId& id, const Experiment& experiment) {
    auto outcome = judge_unwatched(ports_.fs, id, experiment.objectives, experiment.outcome_constraints);
    std::string path = layout::trial(id) + "/result.json";
    if (outcome && outcome->state == EndState::failed)
        complain(path, "trial " + id + " failed: " + path + ": " + outcome->reason);
    return outcome;
}

void TrialBook::conclude(BookedTrial& trial, const TrialId& id, Outcome outcome) {
    last_seq_ = std::max(last_seq_, outcome.seq);
    if (outcome.state == EndState::complete)
        unsuccessful_.erase(id);
    else
        unsuccessful_.insert(id);
    trial.outcome = std::move(outcome);
}

// Endings without a number get the next ones, in the order of their times and then of the trials' names.
void TrialBook::end(std::vector<Ending> found) {
    for (auto& [id, outcome] : found) last_seq_ = std::max(last_seq_, outcome.seq);
    std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) {
        if (a.second.seq != b.second.seq || a.second.seq > 0) return a.second.seq < b.second.seq;
        return a.second.ended != b.second.ended ? a.second.ended < b.second.ended
                                                : natural_less(a.first, b.first);
    });
    for (auto& [id, outcome] : found) {
        auto known = trials_.find(id);
        if (known == trials_.end()) continue;
        if (outcome.seq == 0) outcome.seq = ++last_seq_;
        conclude(known->second, id, std::move(outcome));
        unrecorded_.insert(id);
        live_.erase(id);
        others_.erase(id);
        ports_.waker.unwatch(layout::trial(id));
        news_.insert(id);
    }
}

// Live again where the outcome was taken away; ended anew where another one is there.
void TrialBook::reopen(const TrialId& id) {
    auto files = look_at_trial(ports_.fs, id);
    if (!files || !files->config) return;
    auto& trial = trials_.at(id);
    if (!files->outcome) {
        ports_.log.info("trial {} is tried again", id);
        trial.outcome.reset();
        trial.closing = false;
        trial.last.reset();
        unsuccessful_.erase(id);
        unrecorded_.erase(id);
        news_.erase(id);
        return set_live(id);
    }
    auto text = read_document(ports_.fs, layout::outcome(id), outcome_limit);
    auto outcome = text ? read_outcome(*text, layout::outcome(id)) : Result<Outcome>(fail(text.error()));
    if (outcome && outcome->seq != trial.outcome->seq) {
        std::vector<Ending> found;
        found.emplace_back(id, std::move(*outcome));
        end(std::move(found));
    }
}

}  // namespace tw
