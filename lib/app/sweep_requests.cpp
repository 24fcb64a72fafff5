#include <algorithm>

#include "app/scripts.hpp"
#include "app/sweep.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

// `stop` stays where it is until the stage that should see it has ended: jobs look for it too. The
// others go once they are journalled.
void Sweep::read_requests(const Trial& trial, const TrialFiles& files) {
    if (files.kill) request(trial, EventKind::kill, "kill");
    if (files.stop) request(trial, EventKind::stop, "stop");
    if (files.retry) request(trial, EventKind::retry, "retry");
}

void Sweep::read_stop(const TrialId& id) {
    const Trial* trial = desk_.ledger().find(id);
    if (!trial || is_ended(trial->state)) return;
    auto files = look_at_trial(desk_.ports.fs, id);
    if (files && files->stop) request(*trial, EventKind::stop, "stop");
}

// One file is one request: it is still there for a moment when its stage has ended and the next is open.
bool Sweep::taken_before(const Trial& trial, const FileStat& stop) {
    std::pair tag(stop.inode, stop.modified);
    return std::exchange(stops_[trial.id], tag) == tag;
}

void Sweep::request(const Trial& trial, EventKind kind, const std::string& file) {
    std::string path = layout::trial(trial.id) + "/" + file;
    auto stat = desk_.ports.fs.stat(path);
    if (!stat || foreign(*stat, path)) return;
    if (is_ended(trial.state))
        stops_.erase(trial.id);
    else if (kind == EventKind::stop && taken_before(trial, *stat))
        return;
    auto text = read_document(desk_.ports.fs, path, document_limit);
    Request request = read_request(text ? *text : "");
    Event event = desk_.books.event(kind, trial.id);
    event.text = request.by.empty() ? "uid " + std::to_string(stat->owner) : request.by;
    event.why = request.reason;
    event.flag = kind == EventKind::stop && request.by == pruner_name;
    if (kind == EventKind::retry) event.number = desk_.ledger().latest()->number;
    bool ended = is_ended(trial.state);
    bool stays = kind == EventKind::stop && !ended;
    // Markers of the runs before go first: found after the retry, they would be taken for the new run's.
    if (kind == EventKind::retry && ended && trial.state != TrialState::complete) remove_markers(trial);
    if (desk_.books.record(event)) {
        desk_.ports.log.info("trial {}: {} (asked by {})", trial.id, file, event.text);
        if (kind == EventKind::retry && ended) desk_.acts.reopened.insert(trial.id);
    }
    if (!stays) desk_.acts.spent.insert(path);
}

// A marker touched by hand where no attempt lives, or one that later stages wait for.
void Sweep::see_markers(const Trial& trial, const TrialFiles& files) {
    for (auto& run : trial.stages) {
        const Stage* stage = desk_.stage_of(trial, run.name);
        if (!stage || stage->done.empty() || !stage->array.empty() || run.state != StageState::open) continue;
        bool live = std::any_of(run.tasks.begin(), run.tasks.end(), [](auto& task) {
            return task.state == TaskState::submitted || task.state == TaskState::running;
        });
        if ((live && stage->start_on != StartOn::marker) || run.marker) continue;
        bool there = stage->done.find('/') == std::string::npos
                         ? files.has(stage->done)
                         : is_listed(desk_.ports.fs, layout::result_of(trial.id, stage->done));
        if (!there) continue;
        Event event = desk_.books.event(EventKind::marker, trial.id);
        event.stage = run.name;
        desk_.outputs_promised = true;
        desk_.books.record(event);
    }
}

void Sweep::remove_markers(const Trial& trial) {
    bool all_done = std::all_of(trial.stages.begin(), trial.stages.end(),
                                [](auto& run) { return run.state == StageState::done; });
    for (auto& run : trial.stages) {
        const Stage* stage = desk_.stage_of(trial, run.name);
        bool again = run.state != StageState::done || (all_done && &run == &trial.stages.back());
        if (stage && again && stage->array.empty() && !stage->done.empty())
            (void)remove_if_there(desk_.ports.fs, layout::result_of(trial.id, stage->done));
    }
}

// In the order they were written: the later of a pause and a resume holds.
void Sweep::read_experiment_requests() {
    auto entries = desk_.ports.fs.list(layout::requests);
    if (!entries) return;
    std::vector<std::pair<Instant, std::string>> requests;
    for (auto& entry : *entries) {
        std::string path = layout::requests + "/" + entry.name;
        if (is_abandoned(entry.name, desk_.ports.processes)) (void)remove_if_there(desk_.ports.fs, path);
        if (is_temporary(entry.name)) continue;
        auto stat = desk_.ports.fs.stat(path);
        if (!stat || foreign(*stat, path)) continue;
        requests.emplace_back(stat->modified, entry.name);
    }
    std::sort(requests.begin(), requests.end());
    for (auto& [written, name] : requests) obey(name);
}

void Sweep::obey(const std::string& name) {
    std::string path = layout::requests + "/" + name;
    auto text = read_document(desk_.ports.fs, path, document_limit);
    Request request = read_request(text ? *text : "");
    if (name.starts_with("pause")) {
        std::string by = request.by.empty() ? "a person" : request.by;
        desk_.pause(request.reason.empty() ? "asked by " + by : request.reason, true);
    } else if (name.starts_with("resume")) {
        if (desk_.books.record(desk_.books.event(EventKind::resumed, ""))) desk_.ports.log.info("resumed");
        desk_.streak.clear();
        desk_.breaker.clear();
    } else {
        if (complained_.insert(path).second) desk_.ports.log.warn("{}: not a request; left alone", path);
        return;
    }
    desk_.acts.spent.insert(path);
}

void Sweep::check_revision() {
    const Revision* latest = desk_.ledger().latest();
    if (!latest) return;
    auto files = script_paths(latest->experiment);
    files.push_back(layout::experiment_file);
    bool changed = false;
    for (auto& file : files) {
        auto stat = desk_.ports.fs.stat(file);
        if (!stat) continue;
        std::pair<Instant, std::int64_t> seen{stat->modified, stat->size};
        auto [known, fresh] = watched_files_.emplace(file, seen);
        changed = changed || (!fresh && known->second != seen);
        known->second = seen;
    }
    if (!changed) return;
    if (auto read = read_revision(); !read)
        desk_.ports.log.warn("{}; the search goes on as before", read.error().text());
}

Status Sweep::read_revision() {
    auto loaded = load_experiment(desk_.ports.fs);
    if (!loaded) return fail(loaded.error().front());
    auto scripts = hash_scripts(desk_.ports.fs, loaded->experiment);
    if (!scripts) return fail(scripts.error());
    const Revision* latest = desk_.ledger().latest();
    // The copies come before the record: a trial may start as soon as the revision is known.
    if (auto copied = snapshot_scripts(desk_.ports.fs, *scripts, desk_.nonce); !copied) return copied;
    if (latest && latest->text == loaded->text && latest->scripts == *scripts) return {};
    Event event = desk_.books.event(EventKind::revision, "");
    event.number = latest ? latest->number + 1 : 1;
    event.text = loaded->text;
    event.list = *scripts;
    desk_.books.record(event);
    if (latest) desk_.ports.log.info("experiment.json or a script changed: revision {}", event.number);
    return {};
}

}  // namespace tw
