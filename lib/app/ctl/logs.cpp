#include <fmt/format.h>

#include <algorithm>
#include <set>

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

// A task or an attempt that is not there; nothing has to be said where its logs are still to come.
Status check_numbers(FileSystem& fs, const TrialView& trial, const std::vector<std::string>& stages,
                     const LogsOptions& options) {
    if (!options.task && !options.attempt) return {};
    auto files = list_logs(fs, layout::trial(trial.id), stages, {options.stage, {}, {}, true});
    if (!files) return fail(files.error());
    std::set<std::int64_t> tasks, attempts;
    for (auto& file : *files) {
        tasks.insert(file.task);
        if (!options.task || file.task == *options.task) attempts.insert(file.attempt);
    }
    if (trial.trial)
        for (auto& run : trial.trial->stages)
            if (run.frozen && (options.stage.empty() || run.name == options.stage))
                for (std::size_t i = 1; i <= run.tasks.size(); ++i)
                    tasks.insert(static_cast<std::int64_t>(i));
    tasks.erase(0);  // of stages that are no array
    auto missing = [&](const char* noun, std::int64_t number, const std::set<std::int64_t>& there) {
        std::string hint =
            there.empty() ? "it has none" : fmt::format("it has {} to {}", *there.begin(), *there.rbegin());
        std::string where = options.stage.empty() ? "" : ", stage '" + options.stage + "'";
        return fail(advise(Code::usage,
                           fmt::format("there is no {} {} in trial {}{}", noun, number, trial.id, where),
                           hint));
    };
    if (options.task && !tasks.contains(*options.task)) return missing("task", *options.task, tasks);
    if (options.attempt && !attempts.contains(*options.attempt) && !options.follow)
        return missing("attempt", *options.attempt, attempts);
    return {};
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
    if (auto there = check_numbers(fs, trial, stages, options); !there)
        return complain(context, there.error());
    LogReader reader(fs, layout::trial(trial.id), stages, {options.stage, options.task, options.attempt});
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
