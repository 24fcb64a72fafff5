// run: trialopt and trialwatch together.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "app/ctl/advise.hpp"
#include "app/ctl/crew.hpp"
#include "app/ctl/findings.hpp"
#include "app/ctl/overwrite.hpp"
#include "app/ctl/progress.hpp"
#include "app/ctl/table.hpp"
#include "app/ctl/verbs.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/goal_file.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"

namespace tw {

namespace {

std::vector<std::string> watcher_arguments(const CtlContext& context, FileSystem& fs,
                                           const RunOptions& options) {
    std::vector<std::string> arguments{fs.root(), "--until-done"};
    for (auto& word : second_chance_of(context)) arguments.push_back(word);
    if (options.jobs > 0) arguments.insert(arguments.end(), {"--jobs", std::to_string(options.jobs)});
    return arguments;
}

std::vector<std::string> optimizer_arguments(FileSystem& fs, const RunOptions& options,
                                             const Experiment& experiment) {
    std::vector<std::string> arguments{fs.root()};
    if (!options.trials.empty()) arguments.insert(arguments.end(), {"--trials", options.trials});
    if (options.jobs > 0 && experiment.optimizer.parallel == 0)
        arguments.insert(arguments.end(), {"--parallel", std::to_string(options.jobs)});
    return arguments;
}

// Some stage is for agents, and needs several nodes.
bool needs_wide_agent(const Experiment& experiment) {
    return std::any_of(experiment.stages.begin(), experiment.stages.end(), [&](auto& stage) {
        auto& backend = stage.backend ? *stage.backend : experiment.backend;
        return backend.type == "agents" && stage.resources.nodes > 1;
    });
}

// Inside an allocation of Slurm a whole search needs nothing else: an agent for each of its nodes, or one for
// all where a stage needs several. Elsewhere nobody but the user knows whether this machine is to be filled.
std::optional<std::vector<std::string>> agent_arguments(CtlContext& context, FileSystem& fs,
                                                        const RunOptions& options,
                                                        const Experiment& experiment) {
    bool allocated = !variable(context, "SLURM_JOB_ID").empty();
    if (!experiment.uses_agents() || (!allocated && !options.agent)) return std::nullopt;
    std::vector<std::string> arguments{fs.root(), "--idle", "0"};
    std::string nodes = variable(context, "SLURM_JOB_NUM_NODES");
    if (allocated && !nodes.empty() && nodes != "1") {
        bool wide = needs_wide_agent(experiment);
        arguments.insert(arguments.end(), {wide ? "--hosts" : "--launcher", wide ? "auto" : "srun"});
    }
    if (options.jobs > 0) arguments.insert(arguments.end(), {"--slots", std::to_string(options.jobs)});
    return arguments;
}

const TrialView* last_failed(const ExperimentView& view) {
    const TrialView* last = nullptr;
    for (auto& trial : view.trials)
        if (trial.state == TrialState::failed && (!last || trial.seq > last->seq)) last = &trial;
    return last;
}

class Run {
public:
    // `wanted`: the goal that `options` set, if they do.
    Run(CtlContext& context, FileSystem& fs, const RunOptions& options, const Experiment& experiment,
        std::optional<std::int64_t> wanted)
        : context_(context),
          fs_(fs),
          options_(options),
          experiment_(experiment),
          wanted_(wanted),
          crew_(context, fs),
          interrupts_(context, crew_),
          progress_(context) {}

    int run() {
        Status started = crew_.start("trialopt", optimizer_arguments(fs_, options_, experiment_));
        if (started) await_optimizer();
        if (started) started = crew_.start("trialwatch", watcher_arguments(context_, fs_, options_));
        auto agent = agent_arguments(context_, fs_, options_, experiment_);
        if (started && agent) started = crew_.start("trialagent", *agent);
        if (!started) {
            crew_.signal_all(SIGTERM);
            return complain(context_, started.error());
        }
        while (crew_.any_alive()) {
            context_.waker->wait(interval_);
            crew_.collect();
            if (context_.waker->interrupts() > 0) progress_.clear();
            interrupts_.pass_on();
            if (!interrupts_.any()) look();
        }
        progress_.clear();
        return finish();
    }

private:
    // A watcher that sees old trials ended and nobody who proposes would end at once.
    void await_optimizer() {
        constexpr Seconds longest{10};
        Seconds begin = context_.clock.monotonic();
        while (crew_.alive("trialopt") && context_.clock.monotonic() - begin < longest &&
               context_.waker->interrupts() == 0) {
            if (optimizer_is_there()) return;
            context_.waker->wait(Seconds(0.05));
            crew_.collect();
        }
    }

    bool optimizer_is_there() {
        auto holder = Lease::newest(fs_, layout::optimizer);
        if (!holder || !*holder || (*holder)->released) return false;
        if (!wanted_) return true;
        auto goal = newest_goal(fs_);
        return goal && *goal && (*goal)->trials == *wanted_;
    }

    // Reading a long journal takes time: at most a twentieth of it is spent here.
    void look() {
        Seconds before = context_.clock.monotonic();
        auto view = read_view(fs_, context_.clock, context_.processes);
        if (view && view->journalled) progress_.show(*view);
        interval_ = std::clamp((context_.clock.monotonic() - before) * 20, Seconds(1), Seconds(30));
        if (view) end_the_lonely(*view);
    }

    // Neither can end the search alone. A watcher whose optimizer failed still brings its trials home.
    void end_the_lonely(const ExperimentView& view) {
        if (told_) return;
        bool watcher = crew_.alive("trialwatch"), optimizer = crew_.alive("trialopt");
        bool failed = crew_.status("trialopt").value_or(0) != 0;
        if (watcher && !optimizer && failed && view.live() == 0) told_ = true;
        // An optimizer that has given its role back, as the watcher waits for, is only leaving.
        bool fell = crew_.status("trialwatch").value_or(0) != 0;
        if (!watcher && optimizer && (fell || view.optimizer.may_live())) told_ = true;
        // The allocation is over: the next run goes on.
        if (watcher && crew_.status("trialagent")) told_ = true;
        if (told_) crew_.signal_all(SIGTERM);
    }

    int finish() {
        auto view = read_view(fs_, context_.clock, context_.processes);
        if (!view) return complain(context_, view.error());
        if (interrupts_.any() || (crew_.status("trialagent") == 0 && view->live() > 0))
            return say_interrupted(*view);
        if (view->ledger.pause()) return say_paused(*view);
        for (auto* program : {"trialwatch", "trialopt", "trialagent"})
            if (int status = crew_.status(program).value_or(0); status != 0)
                return say_failed(program, status);
        return say_done(*view);
    }

    int say_interrupted(const ExperimentView& view) {
        if (interrupts_.ending() && view.live_jobs() == 0) {
            context_.out << "the jobs were ended; start them again with: "
                         << command_line("trialctl retry", fs_, "--state killed") << " and "
                         << command_line("trialctl run", fs_) << "\n";
            return 1;
        }
        context_.out << fmt::format("{} jobs run on; go on watching with: {}\n", view.live_jobs(),
                                    command_line("trialctl run", fs_));
        return 1;
    }

    int say_paused(const ExperimentView& view) {
        auto& pause = *view.ledger.pause();
        std::string hint = "go on with " + command_line("trialctl resume", fs_) + " and ";
        const TrialView* failed = pause.by_person ? nullptr : last_failed(view);
        if (failed)
            hint = "see " + command_line("trialctl logs", fs_, failed->id) + "; mended, go on with " +
                   command_line("trialctl resume", fs_) + ", " +
                   command_line("trialctl retry", fs_, "--state failed") + " and ";
        return complain(context_, advise(Code::refused, "the search is paused: " + pause.reason,
                                         hint + command_line("trialctl run", fs_)));
    }

    int say_failed(const std::string& program, int status) {
        context_.err << crew_.last_words();
        return complain(context_,
                        advise(Code::io, fmt::format("{} ended with exit status {}", program, status), "",
                               fs_.root() + "/" + run_log));
    }

    int say_done(const ExperimentView& view) {
        auto best = best_of(view);
        progress_.show(view);
        progress_.keep();
        if (best.empty() && !view.trials.empty())
            return complain(context_, advise(Code::not_found, "the search ended, and no trial is complete",
                                             command_line("trialctl list", fs_)));
        if (auto why = best.empty() ? "" : why_infeasible(view, *best.front()); !why.empty())
            context_.out << "no trial meets the constraints; nearest:\n";
        for (std::size_t i = 0; i < best.size() && i < 5; ++i) {
            TrialView trial = *best[i];
            read_config_of(fs_, trial);
            context_.out << painted(trial.id, Paint::good, context_.colour) << "  "
                         << one_line(format_values(trial.values)) << "  "
                         << one_line(format_params(varied_params(view, trial))) << "\n";
        }
        context_.out << "look further with: " << command_line("trialctl best", fs_, "-k 5") << "\n";
        return 0;
    }

    CtlContext& context_;
    FileSystem& fs_;
    const RunOptions& options_;
    const Experiment& experiment_;
    std::optional<std::int64_t> wanted_;
    Crew crew_;
    Interrupts interrupts_;
    Progress progress_;
    Seconds interval_{1};
    bool told_ = false;
};

// "200" in all, or "+100" on top of those proposed so far.
Result<std::optional<std::int64_t>> wanted_trials(const std::string& text, std::int64_t proposed) {
    if (text.empty()) return std::optional<std::int64_t>{};
    Scalar number = scalar_from_text(text.starts_with('+') ? text.substr(1) : text);
    auto* whole = std::get_if<std::int64_t>(&number);
    if (!whole || *whole < 0)
        return fail(
            advise(Code::usage, "'" + text + "' is not a number of trials", "--trials 200 or --trials +100"));
    return std::optional<std::int64_t>(text.starts_with('+') ? proposed + *whole : *whole);
}

int detach(CtlContext& context, FileSystem& fs, const RunOptions& options) {
    Crew crew(context, fs);
    std::vector<std::string> arguments{"run", fs.root()};
    if (!options.trials.empty()) arguments.insert(arguments.end(), {"--trials", options.trials});
    if (options.jobs > 0) arguments.insert(arguments.end(), {"--jobs", std::to_string(options.jobs)});
    if (options.agent) arguments.push_back("--agent");
    if (auto started = crew.start("trialctl", arguments); !started) return complain(context, started.error());
    // Until it is seen to watch: what goes wrong at once is told here, and a `wait` that follows finds it.
    constexpr Seconds longest{10};
    Seconds begin = context.clock.monotonic();
    while (crew.alive("trialctl") && context.clock.monotonic() - begin < longest &&
           context.waker->interrupts() == 0) {
        context.waker->wait(Seconds(0.2));
        crew.collect();
        auto view = read_view(fs, context.clock, context.processes);
        if (view && view->watcher.may_live() && (view->optimizer.may_live() || !view->trials.empty())) break;
    }
    if (auto ended = crew.status("trialctl"); ended && *ended != 0) {
        context.err << crew.last_words();
        return *ended;
    }
    context.out << "started; what it says goes to " << fs.root() << "/" << run_log << "\n"
                << "  " << command_line("trialctl status", fs) << "    how far it is\n"
                << "  " << command_line("trialctl wait", fs) << "      until it is done\n";
    return 0;
}

}  // namespace

int run_verb(CtlContext& context, FileSystem& fs, const RunOptions& options) {
    int status = 0;
    auto experiment = require_sound(context, fs, {true, options.jobs}, status);
    if (!experiment) return status;
    if (auto here = check_place(fs); !here) return complain(context, here.error());
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (auto busy = running_already(fs, *view)) return complain(context, *busy);
    auto wanted = wanted_trials(options.trials, options.overwrite ? 0 : view->proposed());
    if (!wanted) return complain(context, wanted.error());
    if (options.overwrite)
        if (auto moved = set_aside(context, fs, *view, options.yes); !moved)
            return complain(context, moved.error());
    if (auto ready = get_ready(fs); !ready) return complain(context, ready.error());
    return options.detach ? detach(context, fs, options)
                          : Run(context, fs, options, *experiment, *wanted).run();
}

}  // namespace tw
