// try: one trial, and what its jobs say.
#include "app/ctl/create.hpp"
#include "app/ctl/crew.hpp"
#include "app/ctl/drafts.hpp"
#include "app/ctl/findings.hpp"
#include "app/ctl/log_files.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

Result<TrialId> make_trial(CtlContext& context, FileSystem& fs, const Experiment& experiment,
                           const TryOptions& options) {
    NewOptions wanted;
    wanted.set = options.set;
    auto drafts = make_drafts(context, experiment, wanted);
    if (!drafts) return fail(drafts.error());
    auto ids = create_trials(context, fs, {drafts->front().config}, {});
    if (!ids) return fail(ids.error());
    context.out << "trial " << ids->front() << "  " << one_line(format_params(drafts->front().params)) << "\n"
                << std::flush;
    return ids->front();
}

std::vector<std::string> stage_names(const Experiment& experiment) {
    std::vector<std::string> names;
    for (auto& stage : experiment.stages) names.push_back(stage.name);
    return names;
}

// Until its watcher left, or - where another one watches already - until the trial ended.
void follow(CtlContext& context, FileSystem& fs, const TrialId& id, Crew& crew, bool own, LogReader& reader) {
    constexpr Seconds interval{0.2};
    Interrupts interrupts(context, crew);
    for (bool over = false; !over;) {
        context.waker->wait(interval);
        crew.collect();
        over =
            own ? !crew.any_alive() : is_listed(fs, layout::outcome(id)) || context.waker->interrupts() > 0;
        (void)reader.print(context.out);
        if (own) interrupts.pass_on();
    }
}

int tell(CtlContext& context, FileSystem& fs, const TrialId& id, const Crew& crew) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    auto found = find_trial(*view, id);
    if (!found) return complain(context, found.error());
    const TrialView& trial = **found;
    if (crew.status("trialwatch").value_or(0) != 0) context.err << crew.last_words();
    context.out << "\n"
                << painted("trial " + id + " is " + std::string(to_string(trial.state)),
                           paint_of(trial.state), context.colour);
    if (trial.state == TrialState::complete) {
        context.out << "  " << one_line(format_values(trial.values)) << "\n";
        return 0;
    }
    context.out << (trial.reason.empty() ? "" : ": " + one_line(trial.reason)) << "\n";
    if (is_ended(trial.state))
        context.out << "try again with: " << command_line("trialctl retry", fs, id) << "\n";
    else
        context.out << "go on with: " << command_line("trialctl run", fs) << "\n";
    return 1;
}

}  // namespace

int try_verb(CtlContext& context, FileSystem& fs, const TryOptions& options) {
    int status = 0;
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    bool own = !view->watcher.may_live();
    auto experiment = require_sound(context, fs, {own, options.jobs}, status);
    if (!experiment) return status;
    if (auto ready = get_ready(fs); !ready) return complain(context, ready.error());
    auto id = make_trial(context, fs, *experiment, options);
    if (!id) return complain(context, id.error());
    Crew crew(context, fs);
    if (own) {
        std::vector<std::string> arguments{fs.root(), "--until-done", "--only", *id};
        for (auto& word : second_chance_of(context)) arguments.push_back(word);
        if (options.jobs > 0) arguments.insert(arguments.end(), {"--jobs", std::to_string(options.jobs)});
        if (auto started = crew.start("trialwatch", arguments); !started)
            return complain(context, started.error());
    }
    LogFilter every_attempt;
    every_attempt.every_attempt = true;
    LogReader reader(fs, layout::trial(*id), stage_names(*experiment), every_attempt);
    follow(context, fs, *id, crew, own, reader);
    return tell(context, fs, *id, crew);
}

}  // namespace tw
