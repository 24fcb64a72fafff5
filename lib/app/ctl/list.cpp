#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "app/ctl/advise.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

struct Row {
    std::string experiment;  // as it was named
    FileSystem* fs;
    TrialView trial;
    std::string config;  // for people
};

struct Listed {
    std::vector<std::unique_ptr<FileSystem>> disks;
    std::vector<ExperimentView> views;  // the rows point into their ledgers
    std::vector<Row> rows;
    std::vector<std::string> objectives;
};

Status read_one(CtlContext& context, const std::string& path, Listed& listed) {
    auto fs = context.open(path);
    if (!fs) return fail(fs.error());
    auto view = read_view(**fs, context.clock, context.processes);
    if (!view) return fail(view.error());
    if (!view->experiment && view->trials.empty()) return fail(view->mistakes.front());
    read_configs(**fs, view->trials);
    for (auto& trial : view->trials)
        listed.rows.push_back({path, fs->get(), trial, format_params(varied_params(*view, trial))});
    for (auto& objective : view->objectives())
        if (std::find(listed.objectives.begin(), listed.objectives.end(), objective.name) ==
            listed.objectives.end())
            listed.objectives.push_back(objective.name);
    listed.disks.push_back(std::move(*fs));
    listed.views.push_back(std::move(*view));
    return {};
}

Status keep_states(const std::vector<std::string>& words, std::vector<Row>& rows) {
    std::set<TrialState> wanted;
    for (auto& word : words) {
        auto state = trial_state_from(word);
        if (!state) {
            std::vector<std::string> all;
            for (int i = 0; i < trial_states; ++i) all.emplace_back(to_string(static_cast<TrialState>(i)));
            return fail(advise(Code::usage, "there is no state '" + word + "'", "one of " + join(all, ", ")));
        }
        wanted.insert(*state);
    }
    if (!wanted.empty()) std::erase_if(rows, [&](auto& row) { return !wanted.contains(row.trial.state); });
    return {};
}

constexpr std::array sortable{"id",       "state", "stage",   "reason", "time",   "seconds",
                              "attempts", "seq",   "created", "ended",  "budget", "parent"};

std::optional<Scalar> moment(Instant when) {
    if (when == Instant{}) return std::nullopt;
    return when.time_since_epoch().count();
}

// A row's value under a name; nothing sorts last.
std::optional<Scalar> field(const Row& row, const std::string& name) {
    const TrialView& trial = row.trial;
    if (auto value = trial.values.find(name); value != trial.values.end()) return value->second;
    if (auto value = trial.params.find(name); value != trial.params.end()) return value->second;
    if (name == "id") return trial.id;
    if (name == "state") return std::string(to_string(trial.state));
    if (name == "stage") return trial.stage;
    if (name == "reason" && !trial.reason.empty()) return trial.reason;
    if (name == "seconds" || name == "time") return trial.seconds;
    if (name == "created") return moment(trial.created);
    if (name == "ended") return moment(trial.ended);
    if (name == "attempts") return trial.attempts;
    if (name == "seq") return trial.seq;
    if (name == "budget" && trial.budget) return *trial.budget;
    if (name == "parent" && !trial.parent.empty()) return trial.parent;
    return std::nullopt;
}

bool before(const std::optional<Scalar>& a, const std::optional<Scalar>& b) {
    double x = 0, y = 0;
    if (!a || !b) return a.has_value() && !b;
    if (as_number(*a, x) && as_number(*b, y))
        return std::isnan(x) || std::isnan(y) ? !std::isnan(x) && std::isnan(y) : x < y;
    return natural_less(to_text(*a), to_text(*b));
}

Error not_sortable(const std::string& word, const std::vector<Row>& rows) {
    std::set<std::string> names(sortable.begin(), sortable.end());
    for (auto& row : rows) {
        for (auto& entry : row.trial.params) names.insert(entry.first);
        for (auto& entry : row.trial.values) names.insert(entry.first);
    }
    std::vector<std::string> list(names.begin(), names.end());
    std::string near = did_you_mean(word, list);
    return advise(Code::usage, "no trial has a value '" + word + "' to sort by",
                  near.empty() ? "one of " + join(list, ", ") : "did you mean '" + near + "'?");
}

Status sort_rows(const ListOptions& options, std::vector<Row>& rows) {
    std::string name = options.sort;
    for (auto* prefix : {"values_", "params_"})
        if (name.starts_with(prefix)) name = name.substr(7);
    if (!name.empty()) {
        bool column = std::find(sortable.begin(), sortable.end(), name) != sortable.end();
        bool known = column || rows.empty() || std::any_of(rows.begin(), rows.end(), [&](auto& row) {
                         return field(row, name).has_value();
                     });
        if (!known) return fail(not_sortable(options.sort, rows));
        std::stable_sort(rows.begin(), rows.end(), [&](auto& a, auto& b) {
            auto x = field(a, name), y = field(b, name);
            return options.reverse && x && y ? before(y, x) : before(x, y);
        });
    } else if (options.reverse) {
        std::reverse(rows.begin(), rows.end());
    }
    return {};
}

bool have_budgets(const Listed& listed) {
    return std::any_of(listed.rows.begin(), listed.rows.end(),
                       [](auto& row) { return row.trial.budget || !row.trial.parent.empty(); });
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

// "null" reads as a missing value, as pandas does with an empty cell.
std::string csv_scalar(const Scalar& value) {
    if (auto* real = std::get_if<double>(&value); real && !std::isfinite(*real)) return "";
    return std::holds_alternative<std::nullptr_t>(value) ? "" : csv_cell(to_text(value));
}

void print_csv(CtlContext& context, const Listed& listed, bool several) {
    std::set<std::string> params, values;
    for (auto& row : listed.rows) {
        for (auto& entry : row.trial.params) params.insert(entry.first);
        for (auto& entry : row.trial.values) values.insert(entry.first);
    }
    std::vector<std::string> cells{"id", "state", "stage", "reason", "attempts", "seconds", "seq"};
    if (several) cells.insert(cells.begin(), "experiment");
    bool budgets = have_budgets(listed);
    if (budgets) cells.insert(cells.end(), {"budget", "parent"});
    for (auto& name : params) cells.push_back(csv_cell("params_" + name));
    for (auto& name : values) cells.push_back(csv_cell("values_" + name));
    context.out << join(cells, ",") << "\n";
    for (auto& [experiment, fs, trial, config] : listed.rows) {
        cells = {trial.id,
                 std::string(to_string(trial.state)),
                 trial.stage,
                 csv_cell(trial.reason),
                 std::to_string(trial.attempts),
                 fmt::format("{}", trial.seconds),
                 std::to_string(trial.seq)};
        if (several) cells.insert(cells.begin(), csv_cell(experiment));
        if (budgets) cells.insert(cells.end(), {budget_text(trial), csv_cell(trial.parent)});
        for (auto& name : params)
            cells.push_back(trial.params.contains(name) ? csv_scalar(trial.params.at(name)) : "");
        for (auto& name : values)
            cells.push_back(trial.values.contains(name) ? csv_scalar(trial.values.at(name)) : "");
        context.out << join(cells, ",") << "\n";
    }
}

std::string format_stage(const TrialView& trial) {
    const StageRun* run = trial.trial ? trial.trial->find_stage(trial.stage) : nullptr;
    if (is_ended(trial.state) || !run || run->tasks.size() < 2) return trial.stage;
    auto done = std::count_if(run->tasks.begin(), run->tasks.end(), [](auto& task) {
        return task.state == TaskState::done || task.state == TaskState::failed;
    });
    return fmt::format("{} {}/{}", trial.stage, done, run->tasks.size());
}

void print_table(CtlContext& context, const Listed& listed, bool several) {
    std::vector<Column> columns{{"id"}, {"state"}, {"stage"}};
    if (several) columns.insert(columns.begin(), Column{"experiment", false, true});
    for (auto& objective : listed.objectives) columns.push_back({objective, true});
    bool budgets = have_budgets(listed);
    if (budgets) columns.insert(columns.end(), {{"budget", true}, {"parent"}});
    columns.push_back({"time", true});
    columns.push_back({"config", false, true});
    columns.push_back({"reason", false, true});
    Table table(columns);
    for (auto& [experiment, fs, trial, config] : listed.rows) {
        std::vector<Cell> cells{
            trial.id, {std::string(to_string(trial.state)), paint_of(trial.state)}, format_stage(trial)};
        if (several) cells.insert(cells.begin(), Cell(experiment));
        for (auto& objective : listed.objectives)
            cells.emplace_back(trial.values.contains(objective) ? format_value(trial.values.at(objective))
                                                                : "");
        if (budgets) cells.insert(cells.end(), {Cell(budget_text(trial)), Cell(trial.parent)});
        cells.emplace_back(trial.seconds > 0 ? format_duration(Seconds(trial.seconds)) : "");
        cells.emplace_back(config);
        cells.emplace_back(trial.reason);
        table.add(std::move(cells));
    }
    table.print(context.out, context.width, context.colour);
}

void print_list_json(CtlContext& context, const Listed& listed, bool several) {
    Json json = Json::array();
    for (auto& row : listed.rows) {
        json.push_back(to_json(row.trial, *row.fs));
        if (several) json.back()["experiment"] = row.experiment;
    }
    print_json(context, json);
}

}  // namespace

int list_verb(CtlContext& context, const ListOptions& options) {
    Listed listed;
    for (auto& path : options.experiments)
        if (auto read = read_one(context, path, listed); !read) return complain(context, read.error());
    if (auto kept = keep_states(options.states, listed.rows); !kept) return complain(context, kept.error());
    if (auto sorted = sort_rows(options, listed.rows); !sorted) return complain(context, sorted.error());
    bool several = options.experiments.size() > 1;
    if (listed.rows.empty()) {
        context.err << "trialctl: "
                    << (options.states.empty() ? "there are no trials yet"
                                               : "no trial is " + join(options.states, " or "))
                    << "\n";
        if (!options.json && !options.csv) return 0;
    }
    if (options.json)
        print_list_json(context, listed, several);
    else if (options.csv)
        print_csv(context, listed, several);
    else
        print_table(context, listed, several);
    return 0;
}

}  // namespace tw
