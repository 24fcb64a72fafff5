#include <algorithm>
#include <set>

#include "app/ctl/advise.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

Status check_metric(const ExperimentView& view, const std::string& metric) {
    std::set<std::string> names;
    for (auto& trial : view.trials)
        if (trial.state == TrialState::complete)
            for (auto& entry : trial.values) names.insert(entry.first);
    if (metric.empty() || names.empty() || names.contains(metric)) return {};
    std::vector<std::string> list(names.begin(), names.end());
    std::string near = did_you_mean(metric, list);
    return fail(advise(Code::usage, "no complete trial has a value '" + metric + "'",
                       near.empty() ? "they have " + join(list, ", ") : "did you mean '" + near + "'?"));
}

// As an objective of that name says; other values are minimised unless told.
Direction direction_of(const ExperimentView& view, const BestOptions& options) {
    for (auto& objective : view.objectives())
        if (objective.name == options.by && !options.maximize) return objective.direction;
    return options.maximize ? Direction::maximize : Direction::minimize;
}

std::vector<TrialView> select(FileSystem& fs, const ExperimentView& view, const BestOptions& options) {
    auto order = options.by.empty() && options.count == 0
                     ? best_of(view)
                     : ranked(view, options.by, direction_of(view, options));
    auto count = static_cast<std::size_t>(options.count);
    if (!options.by.empty() && count == 0) count = 1;
    if (count > 0 && order.size() > count) order.resize(count);
    std::vector<TrialView> selected;
    for (auto* trial : order) selected.push_back(*trial);
    read_configs(fs, selected);
    return selected;
}

void print_best(CtlContext& context, const ExperimentView& view, const std::vector<TrialView>& best) {
    std::vector<Column> columns{{"id"}, {"values"}, {"config", false, true}};
    bool budgets =
        std::any_of(best.begin(), best.end(), [](auto& trial) { return trial.budget.has_value(); });
    if (budgets) columns.insert(columns.begin() + 1, {{"budget", true}, {"parent"}});
    Table table(columns);
    if (!why_infeasible(view, best.front()).empty())
        context.err << "no trial meets the constraints; the first is the nearest: "
                    << why_infeasible(view, best.front()) << "\n";
    for (auto& trial : best) {
        Paint paint = why_infeasible(view, trial).empty() ? Paint::good : Paint::busy;
        std::vector<Cell> cells{
            trial.id, {format_values(trial.values), paint}, format_params(varied_params(view, trial))};
        if (budgets) cells.insert(cells.begin() + 1, {Cell(budget_text(trial)), Cell(trial.parent)});
        table.add(std::move(cells));
    }
    table.print(context.out, context.width, context.colour);
}

}  // namespace

int best_verb(CtlContext& context, FileSystem& fs, const BestOptions& options) {
    if (options.maximize && options.by.empty())
        return complain(context, advise(Code::usage, "--maximize needs --by VALUE",
                                        "experiment.json says which way the objectives go"));
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (auto known = check_metric(*view, options.by); !known) return complain(context, known.error());
    auto best = select(fs, *view, options);
    if (options.json) {
        Json json = Json::array();
        for (auto& trial : best) json.push_back(to_json(trial, fs));
        print_json(context, json);
    } else if (!best.empty()) {
        print_best(context, *view, best);
    }
    if (!best.empty()) return 0;
    return complain(context,
                    advise(Code::not_found, "no trial is complete yet", command_line("trialctl status", fs)));
}

}  // namespace tw
