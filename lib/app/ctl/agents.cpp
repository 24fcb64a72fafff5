// agents, drain: who takes jobs from files, and asking one to take no more. protocol/11-agents.md.
#include "trialdir/agents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/ctl/advise.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "base/counted.hpp"
#include "base/text.hpp"
#include "batch/host_book.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/pool.hpp"

namespace tw {

namespace {

struct AgentView {
    std::string id;
    AgentCard card;
    AgentFolderContents contents;
    Seconds quiet{};  // since its last beat, by this host's clock

    int busy() const {
        int cpus = 0;
        for (auto& job : contents.jobs)
            cpus += job.resources.nodes * Slots::share_of(HostBook::part_of(job.resources)).cpus;
        return cpus;
    }
    std::string state() const {
        if (contents.left) return "left";
        if (quiet > longest_silence(Seconds(0), card.beat)) return "silent";
        return contents.drain ? "draining" : contents.jobs.empty() ? "idle" : "busy";
    }
};

// Nothing where it went at this moment.
std::optional<AgentView> look_at(CtlContext& context, FileSystem& fs, const std::string& id) {
    auto contents = list_agent_folder(fs, id);
    auto card = read_card(fs, id);
    if (!contents || !card) return std::nullopt;
    AgentView view{id, *card, *contents, {}};
    AgentNote beat;
    beat.number = contents->beat;
    if (auto stat = fs.stat(layout::agents + "/" + id + "/" + agent_note_name(beat)))
        view.quiet = std::max(Seconds(0), context.clock.now() - stat->modified);
    return view;
}

Result<std::vector<AgentView>> look_at_all(CtlContext& context, FileSystem& fs) {
    auto ids = list_agents(fs);
    if (!ids) return fail(ids.error());
    std::vector<AgentView> views;
    for (auto& id : *ids)
        if (auto view = look_at(context, fs, id)) views.push_back(std::move(*view));
    return views;
}

int waiting_jobs(FileSystem& fs) {
    int waiting = 0;
    for (int shard = 0; shard < layout::shards; ++shard)
        if (auto names = list_queue(fs, shard)) waiting += static_cast<int>(names->size());
    return waiting;
}

// Submitted by the watcher, and not begun.
int awaited_agents(FileSystem& fs) {
    auto pool = list_pool(fs);
    if (!pool) return 0;
    return static_cast<int>(std::count_if(
        pool->begin(), pool->end(), [](auto& entry) { return entry.state == PoolEntry::State::wanted; }));
}

Json to_json(const AgentView& view) {
    Json jobs = Json::array();
    for (auto& job : view.contents.jobs)
        jobs.push_back({{"id", job.trial},
                        {"stage", job.key.stage},
                        {"task", job.key.task},
                        {"attempt", job.key.attempt}});
    Json json;
    json["agent"] = view.id;
    json["state"] = view.state();
    json["host"] = view.card.host;
    json["allocation"] = view.card.allocation;
    json["since"] = instant_json(view.card.since);
    json["ends"] = instant_json(view.card.ends.value_or(Instant{}));
    json["quiet"] = view.quiet.count();
    json["cpus"] = view.card.cpus;
    json["busy"] = view.busy();
    json["hosts"] = Json::array();
    for (const AgentHost& host : view.card.hosts)
        json["hosts"].push_back(
            {{"name", host.name}, {"cpus", host.cpus}, {"memory", host.memory}, {"gpus", host.gpus}});
    json["memory"] = view.card.memory;
    json["gpus"] = view.card.gpus;
    json["jobs"] = jobs;
    return json;
}

Paint paint_of(const std::string& state) {
    if (state == "busy") return Paint::busy;
    return state == "silent" ? Paint::bad : Paint::dim;
}

std::string left_of(const AgentView& view, Instant now) {
    if (!view.card.ends) return "";
    return format_duration(std::max(Seconds(0), *view.card.ends - now));
}

void print_agents(CtlContext& context, const std::vector<AgentView>& views, int waiting, int awaited) {
    Table table({{"AGENT"},
                 {"STATE"},
                 {"CPUS", true},
                 {"JOBS", true},
                 {"UP", true},
                 {"LEFT", true},
                 {"BEAT", true},
                 {"ALLOCATION", false, true}});
    Instant now = context.clock.now();
    for (auto& view : views) {
        std::string state = view.state();
        table.add({view.id,
                   {state, paint_of(state)},
                   fmt::format("{}/{}", view.busy(), view.card.cpus),
                   std::to_string(view.contents.jobs.size()),
                   format_duration(std::max(Seconds(0), now - view.card.since)),
                   left_of(view, now),
                   format_duration(view.quiet),
                   one_line(view.card.allocation)});
    }
    if (!table.empty()) table.print(context.out, context.width, context.colour);
    context.out << fmt::format("{}{} wait{} in the queue\n", table.empty() ? "no agent is here; " : "",
                               counted(waiting, "job"), waiting == 1 ? "s" : "");
    if (awaited > 0)
        context.out << fmt::format("{} {} submitted and {} not begun\n", counted(awaited, "agent"),
                                   awaited == 1 ? "is" : "are", awaited == 1 ? "has" : "have");
}

}  // namespace

int agents_verb(CtlContext& context, FileSystem& fs, bool json) {
    auto views = look_at_all(context, fs);
    if (!views) return complain(context, views.error());
    int waiting = waiting_jobs(fs), awaited = awaited_agents(fs);
    if (!json) {
        print_agents(context, *views, waiting, awaited);
        return 0;
    }
    Json list = Json::array();
    for (auto& view : *views) list.push_back(to_json(view));
    print_json(context, {{"waiting", waiting}, {"awaited", awaited}, {"agents", list}});
    return 0;
}

int drain_verb(CtlContext& context, FileSystem& fs, const DrainOptions& options) {
    auto ids = list_agents(fs);
    if (!ids) return complain(context, ids.error());
    for (auto& id : options.ids)
        if (std::find(ids->begin(), ids->end(), id) == ids->end())
            return complain(context, advise(Code::usage, "there is no agent '" + id + "'",
                                            command_line("trialctl agents", fs)));
    if (options.ids.empty() && !options.all)
        return complain(context,
                        advise(Code::usage, "which agent is to take no more jobs?", "name it, or --all"));
    AgentNote drain;
    drain.kind = AgentNote::Kind::drain;
    auto& chosen = options.all ? *ids : options.ids;
    for (auto& id : chosen)
        if (auto told = put_note(fs, id, drain); !told) return complain(context, told.error());
    context.out << counted(chosen.size(), "agent") << " will finish what runs, and leave\n";
    return 0;
}

}  // namespace tw
