#include "simulation/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "records/agent_files.hpp"
#include "records/event_name.hpp"
#include "simulation/scripts.hpp"
#include "trialdir/journal.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw::simulation {

namespace {

// With a delay of 30 s that doubles up to 10 min, a task is tried again less than nine times in its first hour.
// What was given up by VOID for no fault of anybody is tried again at once: after a start of a watcher.
// A failure of the script's own begins the row anew.
constexpr int most_in_an_hour = 12;

std::string describe(const JobRef& job) { return job.trial + " " + job.key.name(); }

// "trials/<id>/<name>" -> id
std::optional<TrialId> trial_with(const std::string& path, const std::string& name) {
    if (!path.starts_with("trials/") || name_of(path) != name) return {};
    std::string id = name_of(parent_of(path));
    return layout::trial(id) + "/" + name == path ? std::optional(id) : std::nullopt;
}

}  // namespace

void Judge::broken(const std::string& rule, const std::string& what) { throw Violation{rule, what}; }

std::optional<std::string> Judge::text_of(const std::string& path) const {
    auto node = world_.disk->find(path);
    return node ? std::optional((*node)->content) : std::nullopt;
}

std::vector<std::string> Judge::names_in(const std::string& directory) const {
    std::vector<std::string> names;
    if (auto node = world_.disk->find(directory))
        for (auto& [name, child] : (*node)->entries) names.push_back(name);
    return names;
}

void Judge::appeared(Process& by, const std::string& path) {
    if (auto trial = trial_with(path, "config.json")) look_at_config(*trial);
    if (auto trial = trial_with(path, "outcome.json")) look_at_outcome(*trial);
    if (world_.profile.agents > 0) look_at_agents(by, path);
    if (path.starts_with(layout::claims + "/")) look_at_claim(path);
    posted_[path] = world_.now();
    if (on_appeared) on_appeared(by, path);
}

// Published jobs, signs of life, and that jobs are told to end.
void Judge::look_at_agents(const Process& by, const std::string& path) {
    std::string name = name_of(path);
    if (path.starts_with(layout::agents_queue + "/") && by.name.starts_with("watcher"))
        if (auto job = parse_job_file_name(name)) submitted({job->trial, job->key});
    if (auto note = parse_agent_note(name); note && note->kind == AgentNote::Kind::beat && path.starts_with(layout::agents + "/")) {
        Beats& beats = beats_[name_of(parent_of(path))];
        if (beats.last > 0) beats.longest = std::max(beats.longest, world_.now() - beats.last);
        beats.last = world_.now();
    }
    if (!path.starts_with(layout::spool + "/")) return;
    if (auto event = parse_event_name(name); event && event->kind == SpoolKind::evicted) ++evictions_[event->trial];
}

bool Judge::never_silent(const std::string& agent) const {
    auto beats = beats_.find(agent);
    if (beats == beats_.end()) return false;
    return std::max(beats->second.longest, world_.now() - beats->second.last) < world_.profile.silence;
}

void Judge::look_at_claim(const std::string& path) {
    auto key = AttemptKey::parse(name_of(path));
    if (key && text_of(path) == "void\n") given_up_.insert({name_of(parent_of(path)), *key});
}

// Where one optimizer is at work at a time, it knows what was proposed before.
void Judge::look_at_config(const TrialId& trial) {
    if (!accepted_.insert(trial).second) return;
    auto config = read_config(text_of(layout::config(trial)).value_or(""), layout::config(trial));
    if (!config) broken("a config is whole when it has its name", trial + ": " + config.error().text());
    std::int64_t k = config->proposal.k;
    auto [other, fresh] = proposed_.try_emplace(k, trial);
    bool alone = !world_.profile.containers && !world_.profile.two_machines;
    if (!fresh && alone && accepted_.contains(other->second))
        broken("a proposal is made once", fmt::format("{} and {} are both k={}", other->second, trial, k));
}

void Judge::vanished(Process& by, const std::string& path) {
    auto trial = trial_with(path, "config.json");
    if (trial) broken("no accepted proposal is forgotten", "the config.json of " + *trial + " was removed");
    if (auto killed = trial_with(path, "kill"); killed && by.name.starts_with("watcher")) check_request_taken(*killed);
    trial = trial_with(path, "outcome.json");
    if (!trial || !told_.contains(*trial)) return;
    if (asked_[*trial].retry == 0) {
        auto torn = world_.disk->crashes() > 0;  // what a power loss left half written is published again
        if (!torn) broken("an ended trial stays ended", "the outcome.json of " + *trial + " was removed");
        return;
    }
    told_.erase(*trial);
}

void Judge::listed(Process& by, const std::string& directory) {
    if (by.name.starts_with("watcher")) looked_[directory] = world_.now();
}

// The last durable word on the trial obeys the kill whose file goes now.
void Judge::check_request_taken(const TrialId& trial) const {
    if (asked_.at(trial).retry > 0) return;  // it may have come between
    support::VirtualFileSystem fs(world_.disk);
    auto segment = read_newest(fs);
    auto ledger = segment && *segment ? replay(**segment) : Result<Ledger>(Ledger{});
    const Trial* known = ledger ? ledger->find(trial) : nullptr;
    if (known && known->state != TrialState::closing && !is_ended(known->state))
        broken("a request is journalled before its file goes", trial + "/kill");
}

// Where no scheduler hides jobs and one watcher is at work, what has ended well is not started again.
void Judge::check_not_done_yet(const JobRef& job) const {
    const Profile& profile = world_.profile;
    bool seen = profile.agents > 0 || (profile.hidden_job == 0 && profile.straggler == 0);
    bool clear = seen && !profile.containers && !profile.two_machines && profile.power_loss == 0 && profile.reboot == 0;
    if (clear && done_.contains({job.trial, job.key.incarnation, job.key.stage, job.key.task}))
        broken("what has ended well is not started again", describe(job));
}

void Judge::look_at_outcome(const TrialId& trial) {
    auto text = text_of(layout::outcome(trial));
    auto outcome = read_outcome(text.value_or(""), layout::outcome(trial));
    if (!outcome) broken("an outcome is whole when it has its name", trial + ": " + outcome.error().text());
    auto [told, fresh] = told_.try_emplace(trial, Told{outcome->state, outcome->values, outcome->seq});
    bool same = told->second.state == outcome->state && told->second.values == outcome->values &&
                told->second.seq == outcome->seq;
    if (!same) broken("an ended trial stays ended with the same values", trial + " is told another outcome: " + *text);
    if (!fresh) return;
    for (auto& [other, word] : told_)
        if (other != trial && word.seq == outcome->seq)
            broken("no two endings have one number", fmt::format("{} and {}: {}", other, trial, outcome->seq));
    world_.tell(fmt::format("trial {} is {} (number {})", trial, to_string(outcome->state), outcome->seq));
    check_end(trial, *outcome);
}

// Each end has a reason that people or scripts gave, never the cluster.
void Judge::check_end(const TrialId& trial, const Outcome& outcome) const {
    auto found = asked_.find(trial);
    Asked asked = found == asked_.end() ? Asked{} : found->second;
    if (outcome.state == EndState::complete) return check_value(trial, outcome);
    if (outcome.state == EndState::killed && asked.kill == 0) broken("only who was told to is killed", trial + ": " + outcome.reason);
    if (outcome.state == EndState::pruned && asked.stop == 0) broken("only who was told to stops", trial + ": " + outcome.reason);
    if (outcome.state != EndState::failed || outcome.kind == "duplicate") return;
    auto bad = bad_ends_.find({trial, outcome.stage});
    if (bad == bad_ends_.end() || bad->second == 0)
        broken("no trial fails by the cluster's fault", trial + " " + outcome.stage + ": " + outcome.kind + ": " + outcome.reason);
}

// The value is the one of the configuration, and was written by a start of the script that counted.
void Judge::check_value(const TrialId& trial, const Outcome& outcome) const {
    auto text = text_of(layout::config(trial));
    auto config = read_config(text.value_or(""), layout::config(trial));
    if (!config) broken("no accepted proposal is forgotten", config.error().text());
    double expected = cost_of(*config);
    auto cost = outcome.values.find("cost");
    if (cost == outcome.values.end() || cost->second != expected)
        broken("a result is of its own configuration", fmt::format("{}: expected {}", trial, expected));
    auto result = text_of(layout::trial(trial) + "/result.json");
    auto now = read_result(result.value_or(""), "result.json");
    bool same = now && now->values == outcome.values;
    if (!same && world_.disk->crashes() == 0)
        broken("a straggler never changes a later attempt's result",
               fmt::format("{}: result.json is {}, the outcome is of attempt {}", trial, result.value_or("gone"),
                           outcome.values.at("attempt")));
}

void Judge::submitted(const JobRef& job) {
    auto& times = submissions_[{job.trial, job.key.incarnation, job.key.stage, job.key.task}];
    times.push_back(world_.now());
    auto recent = std::count_if(times.begin(), times.end(), [&](double time) { return time > world_.now() - 3600; });
    int anew = watchers_ + asked_[job.trial].retry + 5 * bad_ends_[{job.trial, job.key.stage}] + evictions_[job.trial];
    if (recent > most_in_an_hour + anew)
        broken("who fails again waits longer each time", fmt::format("{}: {} submissions within an hour", describe(job), recent));
}

void Judge::script_starts(const JobRef& job, std::uint64_t inode) {
    world_.tell("script starts: " + describe(job));
    check_not_done_yet(job);
    if (++starts_[job] > 1) broken("a script starts once per attempt", describe(job) + " started again");
    auto home = world_.disk->find(layout::trial(job.trial));
    bool here = home && (*home)->inode == inode;
    if (here && (*home)->entries.contains("outcome.json") && !job.trial.starts_with('@'))
        broken("nothing starts in an ended trial", describe(job));
    auto claim = text_of(layout::claim(job.trial, job.key));
    bool given_up = (claim && *claim == "void\n") || given_up_.contains(job);
    if (given_up) broken("what was given up never starts", describe(job));
    auto [other, free] = at_work_.try_emplace({inode, job.key.stage + std::to_string(job.key.task)}, job);
    if (!free) broken("one script of a task at a time in a directory", describe(job) + " beside " + describe(other->second));
}

void Judge::script_ends(const JobRef& job, std::uint64_t inode) {
    at_work_.erase({inode, job.key.stage + std::to_string(job.key.task)});
}

void Judge::asked(const TrialId& trial, const std::string& request) {
    Asked& asked = asked_[trial];
    ++(request == "stop" ? asked.stop : request == "kill" ? asked.kill : asked.retry);
}

// What nobody was promised may be gone afterwards.
void Judge::power_is_lost() {
    auto durable = [](const support::VirtualNode& directory) {
        auto config = directory.durable_entries.find("config.json");
        return config != directory.durable_entries.end() && !config->second->durable_content.empty();
    };
    std::set<TrialId> kept;
    for (auto& place : {layout::trials, layout::zombies})
        if (auto node = world_.disk->find(place))
            for (auto& [name, directory] : (*node)->durable_entries)
                if (durable(*directory)) kept.insert(name.substr(0, name.find('.')));
    std::erase_if(accepted_, [&](const TrialId& id) { return !kept.contains(id); });
}

void Judge::power_is_back() {
    at_work_.clear();
    std::erase_if(given_up_, [&](const JobRef& job) { return text_of(layout::claim(job.trial, job.key)) != "void\n"; });
    for (auto& id : accepted_)
        if (!text_of(layout::config(id)) && !is_aside(id)) broken("no accepted proposal is forgotten", id + " is gone after a power loss");
}

bool Judge::is_aside(const TrialId& id) const {
    auto names = names_in(layout::zombies);
    return std::any_of(names.begin(), names.end(), [&](auto& name) { return name.starts_with(id + "."); });
}

void Judge::at_the_end(int proposals) {
    for (auto& id : accepted_) {
        auto outcome = read_outcome(text_of(layout::outcome(id)).value_or(""), "outcome.json");
        if (!outcome) broken("every trial ends", id + ": " + outcome.error().text());
        auto told = told_.find(id);
        if (told == told_.end() || told->second.seq != outcome->seq || told->second.values != outcome->values)
            broken("an ended trial stays ended with the same values", id);
    }
    check_proposals(proposals);
    check_leftovers();
}

void Judge::check_proposals(int proposals) const {
    std::map<std::int64_t, TrialId> by_k;
    std::set<std::int64_t> proposed;
    for (auto& id : names_in(layout::trials)) {
        auto config = read_config(text_of(layout::config(id)).value_or(""), "config.json");
        auto outcome = read_outcome(text_of(layout::outcome(id)).value_or(""), "outcome.json");
        auto asked = asked_.find(id);
        bool again = asked != asked_.end() && asked->second.retry > 0;  // also of one that was refused
        if (!config || !outcome || config->proposal.k < 0) continue;
        proposed.insert(config->proposal.k);
        if (outcome->kind == "duplicate" || again) continue;
        auto [other, fresh] = by_k.try_emplace(config->proposal.k, id);
        if (!fresh) broken("a proposal is one trial", fmt::format("{} and {} are both k={}", other->second, id, config->proposal.k));
    }
    for (int k = 0; k < proposals; ++k)
        if (!proposed.contains(k)) broken("the search reaches its goal", fmt::format("there is no proposal k={}", k));
}

void Judge::check_leftovers() const {
    for (auto& name : names_in(layout::claims)) broken("claims/ is empty in the end", name);
    for (auto& shard : names_in(layout::spool))
        for (auto& name : names_in(layout::spool + "/" + shard))
            if (was_seen(layout::spool + "/" + shard + "/" + name)) broken("spool/ is empty in the end", shard + "/" + name);
    for (auto& name : names_in(layout::requests))
        if (was_seen(layout::requests + "/" + name)) broken("requests are taken", name);
    for (auto& id : names_in(layout::trials))
        for (auto& name : {"/stop", "/kill", "/retry"})
            if (text_of(layout::trial(id) + name) && was_seen(layout::trial(id) + name)) broken("requests are taken", id + name);
}

// A watcher looked since it is there; what came later nobody was there to see.
bool Judge::was_seen(const std::string& path) const {
    auto posted = posted_.find(path);
    auto looked = looked_.find(parent_of(path));
    return posted != posted_.end() && looked != looked_.end() && posted->second < looked->second;
}

}  // namespace tw::simulation
