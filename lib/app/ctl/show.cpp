#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

std::string count_tasks(const StageRun& run) {
    std::string text;
    for (int i = 0; i < task_states; ++i) {
        auto state = static_cast<TaskState>(i);
        auto count = std::count_if(run.tasks.begin(), run.tasks.end(),
                                   [&](auto& task) { return task.state == state; });
        if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(state));
    }
    return text;
}

// The first failures of a stage, in words.
std::string failures_of(const StageRun& run) {
    constexpr int shown = 3;
    std::string text;
    int count = 0;
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const Task& task = run.tasks[i];
        if (task.why.empty() || count++ >= shown) continue;
        std::string name = run.frozen ? fmt::format("task {}: ", i + 1) : "";
        text += (text.empty() ? "" : "; ") + name + task.why + (task.host.empty() ? "" : " on " + task.host);
    }
    return count > shown ? text + fmt::format("; and {} more", count - shown) : text;
}

void print_stages(CtlContext& context, const Trial& trial) {
    Table table({{"stage"}, {"state"}, {"tasks", false, true}, {"failures", false, true}});
    for (auto& run : trial.stages) {
        Paint paint = run.state == StageState::done     ? Paint::good
                      : run.state == StageState::failed ? Paint::bad
                      : run.state == StageState::open   ? Paint::busy
                                                        : Paint::dim;
        table.add({run.name, {std::string(to_string(run.state)), paint}, count_tasks(run), failures_of(run)});
    }
    if (table.empty()) return;
    context.out << "\n";
    table.print(context.out, context.width, context.colour);
}

// Whose checkpoint it went on from, and so on back: "000012 (budget 9), 000003 (budget 3)".
std::string lineage_of(FileSystem& fs, TrialView trial) {
    constexpr std::size_t shown = 50;
    std::vector<std::string> words;
    for (std::set<TrialId> seen; !trial.parent.empty() && seen.insert(trial.parent).second;) {
        trial.id = std::exchange(trial.parent, "");
        trial.budget.reset();
        if (words.size() == shown) return join(words, ", ") + ", ...";
        if (check_trial_id(trial.id)) read_config_of(fs, trial);
        words.push_back(trial.id + (trial.budget ? " (budget " + budget_text(trial) + ")" : ""));
    }
    return join(words, ", ");
}

void print_trial(CtlContext& context, FileSystem& fs, const TrialView& trial) {
    Table table({{}, {"", false, true}});
    auto add = [&](const std::string& title, const std::string& text, Paint paint = Paint::plain) {
        if (!text.empty()) table.add({{title, Paint::strong}, {text, paint}});
    };
    add("trial", trial.id);
    add("state", std::string(to_string(trial.state)), paint_of(trial.state));
    add("stage", trial.stage);
    add("reason", trial.reason + (trial.by.empty() ? "" : " (by " + trial.by + ")"),
        trial.state == TrialState::failed ? Paint::bad : Paint::plain);
    for (auto& [name, value] : trial.values) add("value", name + " = " + format_value(value), Paint::good);
    for (auto& [name, value] : trial.params) add("config", name + " = " + to_text(value));
    if (!trial.run.empty()) add("proposal", fmt::format("{} of run {}", trial.k, trial.run));
    add("budget", budget_text(trial));
    add("continues", lineage_of(fs, trial));
    if (trial.attempts > 0) add("attempts", std::to_string(trial.attempts));
    if (trial.seconds > 0) add("time", format_duration(Seconds(trial.seconds)));
    if (trial.queued + trial.running > 0)
        add("jobs", fmt::format("{} running, {} queued", trial.running, trial.queued));
    if (trial.created != Instant{}) add("created", format_instant(trial.created));
    if (trial.ended != Instant{}) add("ended", format_instant(trial.ended));
    add("directory", fs.root() + "/" + layout::trial(trial.id));
    if (trial.attempts > 0) add("logs", command_line("trialctl logs", fs, trial.id));
    table.print(context.out, 0, context.colour);
    if (trial.trial) print_stages(context, *trial.trial);
}

}  // namespace

int show_verb(CtlContext& context, FileSystem& fs, const std::string& id, bool json) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    auto found = find_trial(*view, id);
    if (!found) return complain(context, found.error());
    TrialView trial = **found;
    read_config_of(fs, trial);
    if (json)
        print_json(context, trial_in_full(trial, fs));
    else
        print_trial(context, fs, trial);
    return 0;
}

}  // namespace tw
