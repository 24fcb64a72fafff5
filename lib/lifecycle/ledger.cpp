#include "lifecycle/ledger.hpp"

#include <algorithm>

#include "lifecycle/step.hpp"

namespace tw {

namespace {

// A retried trial goes on with the newest scripts and limits, if its stages are still the same ones.
bool same_stages(const Trial& trial, const Experiment& experiment) {
    auto stages = stages_of(experiment, trial.id);
    return std::equal(trial.stages.begin(), trial.stages.end(), stages.begin(), stages.end(),
                      [](auto& run, auto* stage) { return run.name == stage->name; });
}

}  // namespace

Result<bool> Ledger::apply(const Event& event) {
    switch (event.kind) {
        case EventKind::revision: return add_revision(event);
        case EventKind::created: return create(event);
        case EventKind::snapshot: return restore(event);
        case EventKind::paused:
            if (pause_ && (pause_->by_person || !event.flag)) return false;
            pause_ = Pause{event.text, event.flag, event.at};
            return true;
        case EventKind::resumed: {
            bool was = pause_.has_value();
            pause_.reset();
            return was;
        }
        case EventKind::released: released_ = true; return true;
        default: return change(event);
    }
}

Result<bool> Ledger::add_revision(const Event& event) {
    auto experiment = read_experiment(event.text, "experiment.json");
    if (!experiment) return fail(experiment.error().front());
    auto revision = std::make_shared<Revision>();
    revision->number = event.number;
    revision->text = event.text;
    revision->scripts = event.list;
    revision->experiment = std::move(*experiment);
    revisions_[event.number] = std::move(revision);
    return true;
}

Result<bool> Ledger::create(const Event& event) {
    if (!event.state) return fail(Code::invalid, "a created event without a trial");
    auto revision = revisions_.find(event.state->revision);
    if (revision == revisions_.end())
        return fail(Code::invalid, "trial " + event.trial + " belongs to an unknown revision");
    auto known = trials_.find(event.trial);
    if (known != trials_.end() && known->second.state != TrialState::waiting && !known->second.settled) return false;
    trials_[event.trial] = create_trial(event, revision->second->experiment);
    note(trials_[event.trial]);
    return true;
}

Result<bool> Ledger::restore(const Event& event) {
    if (!event.state) return fail(Code::invalid, "a snapshot event without a trial");
    trials_[event.state->id] = *event.state;
    note(*event.state);
    return true;
}

Result<bool> Ledger::change(const Event& event) {
    auto found = trials_.find(event.trial);
    if (found == trials_.end())
        return fail(Code::refused, "trial " + event.trial + " is not known to the journal");
    Trial& trial = found->second;
    auto revision = revisions_.find(trial.revision);
    if (revision == revisions_.end()) return fail(Code::invalid, "trial " + trial.id + " has an unknown revision");
    auto newer = revisions_.find(event.number);
    bool rebind = event.kind == EventKind::retry && newer != revisions_.end() && is_ended(trial.state) &&
                  same_stages(trial, newer->second->experiment);
    auto changed = step(trial, event, (rebind ? newer : revision)->second->experiment);
    if (changed && *changed && rebind) trial.revision = event.number;
    if (changed && *changed && event.outcome) last_seq_ = std::max(last_seq_, event.outcome->seq);
    return changed;
}

void Ledger::note(const Trial& trial) {
    if (!trial.run.empty()) proposals_.emplace(std::make_pair(trial.run, trial.k), trial.id);
    if (trial.outcome) last_seq_ = std::max(last_seq_, trial.outcome->seq);
}

std::vector<Event> Ledger::snapshot() const {
    std::vector<Event> events;
    for (auto& [number, revision] : revisions_) {
        Event event{EventKind::revision};
        event.number = number;
        event.text = revision->text;
        event.list = revision->scripts;
        events.push_back(event);
    }
    if (pause_) {
        Event event{EventKind::paused, pause_->since};
        event.text = pause_->reason;
        event.flag = pause_->by_person;
        events.push_back(event);
    }
    for (auto& [id, trial] : trials_) {
        Event event{EventKind::snapshot};
        event.state = trial;
        if (trial.state == TrialState::complete) event.state->stages.clear();
        events.push_back(event);
    }
    return events;
}

const Trial* Ledger::find(const TrialId& id) const {
    auto found = trials_.find(id);
    return found == trials_.end() ? nullptr : &found->second;
}

const Revision* Ledger::revision_of(const Trial& trial) const {
    auto found = revisions_.find(trial.revision);
    return found == revisions_.end() ? nullptr : found->second.get();
}

const Revision* Ledger::latest() const {
    return revisions_.empty() ? nullptr : revisions_.rbegin()->second.get();
}

const TrialId* Ledger::proposed_as(const std::string& run, std::int64_t k) const {
    auto found = proposals_.find({run, k});
    return found == proposals_.end() ? nullptr : &found->second;
}

}  // namespace tw
