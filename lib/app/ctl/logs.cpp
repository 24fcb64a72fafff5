#include <algorithm>

#include "app/ctl/advise.hpp"
#include "app/ctl/log_files.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

std::vector<std::string> stage_names(const ExperimentView& view) {
    std::vector<std::string> names;
    if (view.experiment)
        for (auto& stage : view.experiment->stages) names.push_back(stage.name);
    return names;
}

Status check_stage(const std::vector<std::string>& stages, const std::string& stage) {
    if (stage.empty() || stages.empty() || std::find(stages.begin(), stages.end(), stage) != stages.end())
        return {};
    std::string near = did_you_mean(stage, stages);
    return fail(advise(Code::usage, "there is no stage '" + stage + "'",
                       near.empty() ? "there are " + join(stages, ", ") : "did you mean '" + near + "'?"));
}

int follow(CtlContext& context, FileSystem& fs, const TrialId& id, LogReader& reader) {
    constexpr Seconds interval{0.5};
    context.waker->watch(layout::trial(id) + "/logs");
    for (;;) {
        bool ended = is_listed(fs, layout::outcome(id));  // before the last look at the logs
        if (auto printed = reader.print(context.out); !printed) return complain(context, printed.error());
        if (ended || context.waker->interrupts() > 0) return 0;
        context.waker->wait(interval);
    }
}

}  // namespace

int logs_verb(CtlContext& context, FileSystem& fs, const LogsOptions& options) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    auto found = find_trial(*view, options.id);
    if (!found) return complain(context, found.error());
    auto stages = stage_names(*view);
    if (auto known = check_stage(stages, options.stage); !known) return complain(context, known.error());
    const TrialView& trial = **found;
    LogReader reader(fs, layout::trial(trial.id), stages, {options.stage, options.task});
    if (options.follow && !is_ended(trial.state)) {
        warn_without_watcher(context, fs, *view);
        return follow(context, fs, trial.id, reader);
    }
    auto printed = reader.print(context.out);
    if (!printed) return complain(context, printed.error());
    if (!*printed) context.err << "trialctl: trial " << trial.id << " has written no logs\n";
    return 0;
}

}  // namespace tw
