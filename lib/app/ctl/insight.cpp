#include "app/ctl/insight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/ctl/insight_json.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "base/counted.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::size_t longest_bar = 20, longest_front = 20, longest_choices = 3;

std::string short_number(double value) {
    return fmt::format("{:.3g}", value);
}

std::string describe_trials(const ExperimentView& view) {
    std::string text = fmt::format("{} of {}", view.trials.size(), view.planned());
    for (int i = 0; i < trial_states; ++i) {
        auto state = static_cast<TrialState>(i);
        if (auto count = view.count(state)) text += fmt::format(", {} {}", count, to_string(state));
    }
    return view.stopped ? text + "; ended by optimizer.stop." + view.stopped->rule : text;
}

std::string describe_found(const Insight& insight, const ExperimentView& view) {
    if (insight.found == 0) return "";
    std::string text = fmt::format("by complete trial {} of {}", insight.found, insight.complete.size());
    if (insight.complete.size() < 4) return text;
    text += "; after each quarter of them the best was";
    auto& objectives = view.experiment->objectives;
    for (std::size_t i = 0; i < objectives.size(); ++i) {
        std::vector<std::string> values;
        for (double value : insight.quarters[i]) values.push_back(short_number(value));
        text += fmt::format("{} {}{}", i > 0 ? ";" : "",
                            objectives.size() > 1 ? objectives[i].name + " " : "", join(values, ", "));
    }
    return text;
}

std::string describe_region(const ParameterFacts& facts) {
    auto& region = facts.region;
    if (region.active == 0) return "";
    if (facts.parameter->type != ParameterType::categorical)
        return region.low == region.high ? short_number(region.low)
                                         : short_number(region.low) + " to " + short_number(region.high);
    std::string text;
    for (std::size_t i = 0; i < region.choices.size() && i < longest_choices; ++i)
        text += fmt::format("{}{} ({})", i > 0 ? ", " : "", to_text(region.choices[i].first),
                            region.choices[i].second);
    return region.choices.size() > longest_choices ? text + ", ..." : text;
}

std::string describe_kinds(const FailureFacts& failures) {
    std::vector<std::string> parts;
    for (auto& [kind, count] : failures.kinds)
        parts.push_back(fmt::format("{} {}", count, kind.empty() ? "?" : kind));
    return join(parts, ", ");
}

std::string describe_trait(const Trait& trait) {
    if (trait.choice) return trait.parameter + " = " + to_text(*trait.choice);
    return trait.low ? fmt::format("{} from {} on", trait.parameter, short_number(*trait.low))
                     : fmt::format("{} up to {}", trait.parameter, short_number(*trait.high));
}

std::string describe_failures(const Insight& insight) {
    auto& failures = insight.failures;
    if (failures.kinds.empty()) return "";
    std::size_t all = 0;
    for (auto& [kind, count] : failures.kinds) all += count;
    std::string text = counted(all, "trial") + " (" + describe_kinds(failures) + ")";
    if (failures.own < all)
        text += fmt::format(", {} of them not by a fault of their own", all - failures.own);
    if (failures.trait)
        text += fmt::format("; all {} {}have {}, and so have {} that did not fail", failures.own,
                            failures.own < all ? "others " : "", describe_trait(*failures.trait),
                            failures.trait->others);
    return text;
}

std::string describe_pruning(const Insight& insight, const ExperimentView& view) {
    if (!insight.pruning) return "";
    auto& facts = *insight.pruning;
    std::string text = fmt::format("{} of {}", facts.trials, counted(view.trials.size(), "trial"));
    if (facts.trials == 0 || facts.whole == 0) return text;
    return text + fmt::format(
                      ", after {} steps in all; whole ones take {}: about {:.0f} % of their steps were saved",
                      facts.steps, facts.whole, 100 * facts.saved());
}

void print_head(CtlContext& context, FileSystem& fs, const ExperimentView& view, const Insight& insight) {
    Table table({{}, {"", false, true}});
    auto add = [&](const char* title, const std::string& text, Paint paint = Paint::plain) {
        if (!text.empty()) table.add({{title, Paint::strong}, {text, paint}});
    };
    add("experiment", view.experiment->name + (view.experiment->name.empty() ? "" : "  ") + fs.root());
    add("trials", describe_trials(view));
    if (!insight.best.empty() && view.experiment->objectives.size() == 1) {
        auto& trial = *insight.best.front();
        add("best",
            trial.id + "  " + format_values(trial.values) + "  " + format_params(varied_params(view, trial)) +
                (insight.best.size() > 1 ? fmt::format("  (and {} as good)", insight.best.size() - 1) : ""),
            Paint::good);
    }
    add("found", describe_found(insight, view));
    add("failed", describe_failures(insight), insight.failures.trait ? Paint::bad : Paint::plain);
    add("pruned", describe_pruning(insight, view));
    table.print(context.out, 0, context.colour);
}

void print_front(CtlContext& context, const ExperimentView& view, const Insight& insight) {
    auto& objectives = view.experiment->objectives;
    if (objectives.size() < 2 || insight.best.empty()) return;
    auto front = insight.best;
    std::stable_sort(front.begin(), front.end(), [&](auto* a, auto* b) {
        return a->values.at(objectives[0].name) < b->values.at(objectives[0].name);
    });
    context.out << fmt::format("\nThe Pareto front, {}:\n", counted(front.size(), "trial"));
    std::vector<Column> columns{{"id"}};
    for (auto& objective : objectives) columns.push_back({objective.name, true});
    columns.push_back({"config", false, true});
    Table table(std::move(columns));
    for (std::size_t i = 0; i < front.size() && i < longest_front; ++i) {
        std::vector<Cell> row{{front[i]->id, Paint::good}};
        for (auto& objective : objectives)
            row.emplace_back(format_value(front[i]->values.at(objective.name)));
        row.emplace_back(format_params(varied_params(view, *front[i])));
        table.add(std::move(row));
    }
    table.print(context.out, context.width, context.colour);
    if (front.size() > longest_front)
        context.out << fmt::format("and {} more: trialctl best\n", front.size() - longest_front);
}

std::string bar(double share) {
    return std::string(static_cast<std::size_t>(std::lround(share * static_cast<double>(longest_bar))), '#');
}

// The most important first; for several objectives by the largest share.
std::vector<const ParameterFacts*> by_importance(const Insight& insight) {
    std::vector<const ParameterFacts*> order;
    for (auto& facts : insight.parameters) order.push_back(&facts);
    auto largest = [](const ParameterFacts* facts) {
        double share = 0;
        for (auto& one : facts->importance) share = std::max(share, one.share);
        return share;
    };
    std::stable_sort(order.begin(), order.end(), [&](auto* a, auto* b) { return largest(a) > largest(b); });
    return order;
}

void print_importance(CtlContext& context, const ExperimentView& view, const Insight& insight) {
    if (insight.parameters.empty()) return;
    auto& objectives = view.experiment->objectives;
    context.out << fmt::format("\nWhat decides whether one of {} complete trials is among the best {}:\n",
                               insight.complete.size(), insight.top);
    std::vector<Column> columns{{"parameter"}};
    for (auto& objective : objectives)
        columns.push_back({objectives.size() > 1 ? objective.name : "share", true});
    if (objectives.size() == 1) columns.push_back({"", false, true});
    columns.push_back({"best trials at"});
    columns.push_back({"", false, true});
    Table table(std::move(columns));
    for (auto* facts : by_importance(insight)) {
        std::vector<Cell> row{facts->parameter->name};
        for (auto& one : facts->importance) row.emplace_back(fmt::format("{:.0f} %", 100 * one.share));
        if (objectives.size() == 1) row.emplace_back(bar(facts->importance[0].share), Paint::busy);
        row.emplace_back(describe_region(*facts));
        row.emplace_back(facts->idle() ? "no effect seen" : "", Paint::dim);
        table.add(std::move(row));
    }
    table.print(context.out, context.width, context.colour);
}

std::string too_few(const Insight& insight) {
    return fmt::format(
        "{}: too few to tell which parameters matter; from {} on something can be said",
        insight.complete.empty() ? "no complete trial" : counted(insight.complete.size(), "complete trial"),
        enough_to_tell);
}

std::string widen(const ParameterFacts& facts) {
    bool high = facts.edge == Edge::high;
    return fmt::format("the best trials have {} near its {} end {}: consider a wider range",
                       facts.parameter->name, high ? "upper" : "lower",
                       short_number(high ? facts.parameter->high : facts.parameter->low));
}

// With one objective, at the best trial's value.
std::string fixable(const Insight& insight, const ExperimentView& view) {
    std::vector<std::string> names;
    for (auto* facts : by_importance(insight)) {
        if (!facts->idle()) continue;
        auto& params = insight.best.front()->params;
        auto value = params.find(facts->parameter->name);
        bool known = view.experiment->objectives.size() == 1 && value != params.end();
        auto* real = known ? std::get_if<double>(&value->second) : nullptr;
        names.push_back(facts->parameter->name +
                        (known ? " (" + (real ? short_number(*real) : to_text(value->second)) + ")" : ""));
    }
    return names.empty() ? "" : "could be fixed, for all that is seen: " + join(names, ", ");
}

std::vector<std::string> remarks(const ExperimentView& view, const Insight& insight) {
    std::vector<std::string> lines;
    if (insight.complete.size() < enough_to_tell) lines.push_back(too_few(insight));
    for (auto* facts : by_importance(insight))
        if (facts->edge != Edge::none && facts->matters()) lines.push_back(widen(*facts));
    if (insight.complete.size() >= enough_to_fix && !insight.best.empty())
        if (auto line = fixable(insight, view); !line.empty()) lines.push_back(line);
    if (insight.left_out > 0)
        lines.push_back(counted(insight.left_out, "complete trial") +
                        " left out: not of this space, or without an objective");
    return lines;
}

void print_remarks(CtlContext& context, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    context.out << "\n";
    for (auto& line : lines) context.out << "- " << one_line(line) << "\n";
}

}  // namespace

int insight_verb(CtlContext& context, FileSystem& fs, bool json) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (!view->experiment) return complain(context, view->mistakes.front());
    Insight insight = look_into(fs, *view);
    if (json) {
        print_json(context, insight_json(fs, *view, insight));
        return 0;
    }
    print_head(context, fs, *view, insight);
    print_front(context, *view, insight);
    print_importance(context, *view, insight);
    print_remarks(context, remarks(*view, insight));
    return 0;
}

}  // namespace tw
