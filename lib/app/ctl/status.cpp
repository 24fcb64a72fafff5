#include <fmt/format.h>

#include <map>

#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"

namespace tw {

namespace {

struct StageCount {
    int trials = 0, queued = 0, running = 0;
};

// In the order of experiment.json; stages that only old trials have come last.
std::vector<std::pair<std::string, StageCount>> count_stages(const ExperimentView& view) {
    std::map<std::string, StageCount> counts;
    for (auto& trial : view.trials) {
        if (is_ended(trial.state) || trial.stage.empty()) continue;
        StageCount& count = counts[trial.stage];
        count.trials += 1;
        count.queued += trial.queued;
        count.running += trial.running;
    }
    std::vector<std::pair<std::string, StageCount>> ordered;
    if (view.experiment)
        for (auto& stage : view.experiment->stages)
            if (auto found = counts.find(stage.name); found != counts.end()) {
                ordered.emplace_back(*found);
                counts.erase(found);
            }
    ordered.insert(ordered.end(), counts.begin(), counts.end());
    return ordered;
}

// What starts the role if somebody should; "" if it lives or has nothing to do.
std::string missing_watcher(const ExperimentView& view, FileSystem& fs) {
    bool idle = view.live() == 0 && view.left_to_propose() == 0;
    return view.watcher.may_live() || idle ? "" : start_command(fs, view, "trialwatch");
}

std::string missing_optimizer(const ExperimentView& view, FileSystem& fs) {
    bool idle = view.left_to_propose() == 0;
    return view.optimizer.may_live() || idle ? "" : start_command(fs, view, "trialopt");
}

std::string describe_role(const RoleView& role, const std::string& command, Instant now) {
    std::string text;
    switch (role.state) {
        case RoleView::State::absent: text = "not started"; break;
        case RoleView::State::alive:
            text = fmt::format("alive: pid {} of {}", role.owner.pid, role.owner.user);
            break;
        case RoleView::State::elsewhere:
            text = fmt::format("on {}: pid {} of {}", role.owner.host, role.owner.pid, role.owner.user);
            text += role.seen == Instant{} ? ", last seen: never"
                                           : ", last seen " + format_duration(now - role.seen) + " ago";
            break;
        case RoleView::State::dead:
            text = fmt::format("dead: was pid {} on {}", role.owner.pid, role.owner.host);
            break;
        case RoleView::State::released: text = "has left"; break;
    }
    return command.empty() ? text : text + "; start it with: " + command;
}

std::string describe_trials(const ExperimentView& view) {
    std::string text = fmt::format("{} of {}", view.trials.size(), view.planned());
    for (int i = 0; i < trial_states; ++i) {
        auto state = static_cast<TrialState>(i);
        if (auto count = view.count(state)) text += fmt::format(", {} {}", count, to_string(state));
    }
    return text;
}

std::string describe_stages(const ExperimentView& view) {
    std::string text;
    for (auto& [name, count] : count_stages(view))
        text += fmt::format("{}{} {} ({} running, {} queued)", text.empty() ? "" : ", ", name, count.trials,
                            count.running, count.queued);
    return text;
}

std::pair<int, int> count_jobs(const ExperimentView& view) {
    int queued = 0, running = 0;
    for (auto* list : {&view.trials, &view.once})
        for (auto& trial : *list) {
            queued += trial.queued;
            running += trial.running;
        }
    return {queued, running};
}

Json status_json(const ExperimentView& view, FileSystem& fs) {
    Json json;
    json["experiment"] = fs.root();
    json["name"] = view.experiment ? view.experiment->name : "";
    json["trials"]["total"] = view.trials.size();
    json["trials"]["planned"] = view.planned();
    for (int i = 0; i < trial_states; ++i) {
        auto state = static_cast<TrialState>(i);
        json["trials"][std::string(to_string(state))] = view.count(state);
    }
    json["stages"] = Json::object();
    for (auto& [name, count] : count_stages(view))
        json["stages"][name] = {
            {"trials", count.trials}, {"queued", count.queued}, {"running", count.running}};
    auto [queued, running] = count_jobs(view);
    json["jobs"] = {{"queued", queued}, {"running", running}};
    json["best"] = Json::array();
    for (auto* trial : best_of(view)) {
        TrialView best = *trial;
        read_config_of(fs, best);
        json["best"].push_back(to_json(best, fs));
    }
    json["paused"] = nullptr;
    if (auto& pause = view.ledger.pause())
        json["paused"] = {{"reason", pause->reason},
                          {"by_person", pause->by_person},
                          {"since", instant_json(pause->since)}};
    json["stopped"] = nullptr;
    if (auto& stopped = view.stopped)
        json["stopped"] = {
            {"rule", stopped->rule}, {"setting", stopped->setting}, {"reason", stopped->reason}};
    json["misplaced"] = view.misplaced ? to_json(*view.misplaced) : Json(nullptr);
    bool here = !view.misplaced;
    json["watcher"] = to_json(here ? view.watcher : RoleView{});
    json["watcher"]["command"] = here ? missing_watcher(view, fs) : "";
    json["optimizer"] = to_json(here ? view.optimizer : RoleView{});
    json["optimizer"]["command"] = here ? missing_optimizer(view, fs) : "";
    json["mistakes"] = Json::array();
    for (auto* list : {&view.mistakes, &view.refused})
        for (auto& error : *list) json["mistakes"].push_back(to_json(error));
    return json;
}

void add_best(Table& table, const ExperimentView& view, FileSystem& fs) {
    constexpr std::size_t shown = 5;
    auto best = best_of(view);
    for (std::size_t i = 0; i < best.size() && i < shown; ++i) {
        TrialView trial = *best[i];
        read_config_of(fs, trial);
        std::string values;
        for (auto& objective : view.objectives())
            values += objective.name + "=" + format_value(trial.values[objective.name]) + " ";
        if (auto why = why_infeasible(view, trial); !why.empty()) values += "(infeasible: " + why + ") ";
        table.add(
            {{i == 0 ? "best" : "", Paint::strong},
             {trial.id + "  " + values + " " + format_params(varied_params(view, trial)), Paint::good}});
    }
    if (best.size() > shown) table.add({"", fmt::format("and {} more: trialctl best", best.size() - shown)});
}

void print_status(CtlContext& context, FileSystem& fs, const ExperimentView& view) {
    Table table({{}, {"", false, true}});
    auto add = [&](const char* title, const std::string& text, Paint paint = Paint::plain) {
        if (!text.empty()) table.add({{title, Paint::strong}, {text, paint}});
    };
    auto [queued, running] = count_jobs(view);
    add("experiment", (view.experiment ? view.experiment->name + "  " : "") + fs.root());
    add("trials", describe_trials(view));
    if (view.stopped)
        add("ended by", fmt::format("optimizer.stop.{}: {}", view.stopped->rule, view.stopped->reason));
    add("stages", describe_stages(view));
    add("jobs", fmt::format("{} running, {} queued", running, queued));
    add_best(table, view, fs);
    auto role = [&](const char* title, const RoleView& who, const std::string& command) {
        bool bad = !command.empty() && who.state == RoleView::State::dead;
        add(title, describe_role(who, command, context.clock.now()), bad ? Paint::bad : Paint::plain);
    };
    if (view.misplaced) {
        add("identity", view.misplaced->what + "; " + view.misplaced->hint, Paint::bad);
    } else {
        std::string watcher = missing_watcher(view, fs), optimizer = missing_optimizer(view, fs);
        role("watcher", view.watcher, watcher);
        role("optimizer", view.optimizer, optimizer == watcher ? "" : optimizer);
    }
    if (auto& pause = view.ledger.pause())
        add("paused", pause->reason + "; go on with: " + command_line("trialctl resume", fs), Paint::bad);
    for (auto* list : {&view.mistakes, &view.refused})
        for (auto& error : *list) add("mistake", error.text(), Paint::bad);
    table.print(context.out, 0, context.colour);
}

}  // namespace

int status_verb(CtlContext& context, FileSystem& fs, bool json) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (!view->experiment && view->trials.empty()) return complain(context, view->mistakes.front());
    if (json)
        print_json(context, status_json(*view, fs));
    else
        print_status(context, fs, *view);
    return 0;
}

}  // namespace tw
