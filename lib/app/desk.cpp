#include "app/desk.hpp"

namespace tw {

const Stage* Desk::stage_of(const Trial& trial, const std::string& name) const {
    const Revision* revision = ledger().revision_of(trial);
    return revision ? revision->experiment.find_stage(name) : nullptr;
}

Scheduler* Desk::scheduler_of(const Trial& trial, const std::string& stage) {
    const Revision* revision = ledger().revision_of(trial);
    const Stage* spec = stage_of(trial, stage);
    if (!revision || !spec) return nullptr;
    auto scheduler = backends.of(revision->experiment, *spec);
    if (!scheduler) ports.log.error("{}", scheduler.error().text());
    return scheduler ? *scheduler : nullptr;
}

void Desk::pump() {
    for (auto& [type, scheduler] : backends.all()) scheduler->pump();
}

void Desk::pause(const std::string& why, bool by_person) {
    Event event = books.event(EventKind::paused, "");
    event.text = why;
    event.flag = by_person;
    if (!books.record(event)) return;
    ports.log.warn("paused: {}. Go on with: trialctl resume {}", why, ports.fs.root());
    const Revision* revision = ledger().latest();
    if (revision && !revision->experiment.hooks.paused.empty())
        acts.hooks.push_back({revision->experiment.hooks.paused, "paused", "", why});
}

}  // namespace tw
