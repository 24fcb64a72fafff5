#include "lifecycle/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lifecycle/step.hpp"

namespace tw {

namespace {

// A retried trial goes on with the newest scripts and limits, if its stages are still the same ones.
bool same_stages(const TrialId& id, const Experiment& before, const Experiment& after) {
    auto a = stages_of(before, id), b = stages_of(after, id);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto* old, auto* now) {
        return old->name == now->name && old->array.empty() == now->array.empty();
    });
}

bool fits_stage(const Stage* stage, const StageRun& run) {
    if (stage->name != run.name) return false;
    if (stage->array.empty()) return !run.frozen && run.inputs.empty() && run.tasks.size() <= 1;
    return run.tasks.size() == run.inputs.size() && (run.frozen || run.tasks.empty());
}

}  // namespace

Result<bool> Ledger::apply(const Event& event) {
    auto changed = dispatch(event);
    if (changed && *changed) released_ = event.kind == EventKind::released;
    return changed;
}

Result<bool> Ledger::dispatch(const Event& event) {
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
        case EventKind::released: return true;  // the one before may be another owner's
        default: return change(event);
    }
}

Result<bool> Ledger::add_revision(const Event& event) {
    if (auto known = revisions_.find(event.number); known != revisions_.end()) {
        if (known->second->text == event.text && known->second->scripts == event.list) return false;
        return fail(Code::refused, fmt::format("revision {} is another one already", event.number));
    }
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
    if (!event.state || !is_trial_id(event.trial))
        return fail(Code::invalid, "a created event without a trial");
    auto revision = revisions_.find(event.state->revision);
    if (revision == revisions_.end())
        return fail(Code::invalid, "trial " + event.trial + " belongs to an unknown revision");
    auto known = trials_.find(event.trial);
    Trial trial = create_trial(event, revision->second->experiment);
    if (known != trials_.end()) {
        const Trial& before = known->second;
        bool bound_anew = before.state == TrialState::waiting;
        if (!bound_anew && !before.settled) return false;
        trial.incarnation = std::max(trial.incarnation, before.incarnation + (bound_anew ? 0 : 1));
        if (bound_anew && trial.incarnation == before.incarnation) trial.created = before.created;
        forget_proposal(before);
    }
    note(trial);
    trials_[event.trial] = std::move(trial);
    return true;
}

void Ledger::forget_proposal(const Trial& trial) {
    auto found = proposals_.find({trial.run, trial.k});
    if (found != proposals_.end() && found->second == trial.id) proposals_.erase(found);
}

// What step and conclude take for granted of a trial that was not made here, event by event.
Status Ledger::check_whole(const Trial& trial) const {
    auto wrong = [&](const std::string& why) {
        return fail(Code::invalid, fmt::format("the snapshot of trial '{}' {}", trial.id, why));
    };
    const Revision* revision = revision_of(trial);
    if (!is_trial_id(trial.id)) return wrong("has no name of a trial");
    if (!revision) return wrong("has an unknown revision");
    if (is_ended(trial.state) != trial.outcome.has_value())
        return wrong("has an outcome and no end, or an end without");
    if (trial.outcome && ended_as(trial.outcome->state) != trial.state)
        return wrong("ended otherwise than its outcome");
    if (trial.state == TrialState::closing && !trial.verdict) return wrong("is closing without a verdict");
    if (trial.state == TrialState::complete && trial.stages.empty()) return {};
    auto stages = stages_of(revision->experiment, trial.id);
    bool same =
        std::equal(stages.begin(), stages.end(), trial.stages.begin(), trial.stages.end(), fits_stage);
    return same ? Status{} : wrong("has other stages than its revision");
}

Result<bool> Ledger::restore(const Event& event) {
    if (!event.state) return fail(Code::invalid, "a snapshot event without a trial");
    if (auto good = check_whole(*event.state); !good) return fail(good.error());
    trials_[event.state->id] = *event.state;
    note(*event.state);
    last_seq_ = std::max(last_seq_, event.number);
    return true;
}

Result<bool> Ledger::change(const Event& event) {
    auto found = trials_.find(event.trial);
    if (found == trials_.end())
        return fail(Code::refused, "trial " + event.trial + " is not known to the journal");
    Trial& trial = found->second;
    auto revision = revisions_.find(trial.revision);
    if (revision == revisions_.end())
        return fail(Code::invalid, "trial " + trial.id + " has an unknown revision");
    auto newer = revisions_.find(event.number);
    bool rebind = event.kind == EventKind::retry && newer != revisions_.end() && is_ended(trial.state) &&
                  same_stages(trial.id, revision->second->experiment, newer->second->experiment);
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
    for (auto* trial : in_order_of_creation()) {
        Event event{EventKind::snapshot};
        event.number = last_seq_;  // its trial may have been retried, or made anew
        event.state = *trial;
        if (trial->state == TrialState::complete) event.state->stages.clear();
        events.push_back(event);
    }
    return events;
}

// Of two trials with the same proposal the first keeps it.
std::vector<const Trial*> Ledger::in_order_of_creation() const {
    std::vector<const Trial*> order;
    for (auto& [id, trial] : trials_) order.push_back(&trial);
    std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->created < b->created; });
    return order;
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

std::int64_t Ledger::live_jobs() const {
    std::int64_t jobs = 0;
    for (auto& [id, trial] : trials_) {
        if (is_ended(trial.state)) continue;
        for (auto& run : trial.stages)
            jobs += std::count_if(run.tasks.begin(), run.tasks.end(), [](auto& task) {
                return task.state == TaskState::submitted || task.state == TaskState::running;
            });
    }
    return jobs;
}

const TrialId* Ledger::proposed_as(const std::string& run, std::int64_t k) const {
    auto found = proposals_.find({run, k});
    return found == proposals_.end() ? nullptr : &found->second;
}

}  // namespace tw
