#include <CLI/CLI.hpp>

#include "app/ctl/verbs.hpp"
#include "outside.hpp"

namespace tw {

namespace {

void add_request(CLI::App& app, Outside& outside, Choice& choice, RequestKind kind, const char* name,
                 const char* about) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<RequestOptions>();
    options->kind = kind;
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("ID", options->ids, "trials");
    verb->add_flag("--all", options->all, "every trial for which it makes sense");
    verb->add_option("--state", options->state, "every trial in this state");
    verb->add_option("--reason", options->reason, "for the record");
    verb->callback([&outside, &choice, experiment, options] {
        choice.action = [&outside, experiment, options] {
            return outside.on(*experiment,
                              [&](auto& context, auto& fs) { return request_verb(context, fs, *options); });
        };
    });
}

void add_pause(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    auto* pause = app.add_subcommand("pause", "start nothing new; what runs goes on");
    pause->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    pause->add_option("--reason", *reason, "for the record");
    pause->callback([&outside, &choice, experiment, reason] {
        choice.action = [&outside, experiment, reason] {
            return outside.on(*experiment,
                              [&](auto& context, auto& fs) { return pause_verb(context, fs, *reason); });
        };
    });
    auto* resume = app.add_subcommand("resume", "go on after a pause");
    resume->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    resume->callback([&outside, &choice, experiment] {
        choice.action = [&outside, experiment] { return outside.on(*experiment, resume_verb); };
    });
}

void add_wait(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>(), timeout = std::make_shared<std::string>();
    auto* verb =
        app.add_subcommand("wait", "until every trial has ended and all that are planned were proposed");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("--timeout", *timeout, "give up after this long, such as 30m; exit status 1");
    verb->callback([&outside, &choice, experiment, timeout] {
        choice.action = [&outside, experiment, timeout] {
            WaitOptions options;
            auto longest = timeout->empty() ? Result<Seconds>(Seconds(0)) : parse_duration(*timeout);
            if (!longest) return complain(outside.context(), longest.error());
            if (!timeout->empty()) options.timeout = *longest;
            return outside.waiting_on(
                *experiment, [&](auto& context, auto& fs) { return wait_verb(context, fs, options); });
        };
    });
}

void add_drain(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto options = std::make_shared<DrainOptions>();
    auto* verb = app.add_subcommand("drain", "let agents finish what runs, take no more, and leave");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    verb->add_option("AGENT", options->ids, "as trialctl agents names it");
    verb->add_flag("--all", options->all, "every agent");
    verb->callback([&outside, &choice, experiment, options] {
        choice.action = [&outside, experiment, options] {
            return outside.on(*experiment, [&](auto& context, auto& fs) { return drain_verb(context, fs, *options); });
        };
    });
}

void add_identity(CLI::App& app, Outside& outside, Choice& choice) {
    auto experiment = std::make_shared<std::string>();
    auto moved = std::make_shared<bool>(false), copied = std::make_shared<bool>(false);
    auto* verb = app.add_subcommand("identity", "say whether a directory was moved or is a copy");
    verb->add_option("EXPERIMENT", *experiment, "the experiment directory")->required();
    auto* group = verb->add_option_group("which");
    group->add_flag("--moved", *moved, "the same experiment, here now");
    group->add_flag("--copied", *copied, "a new one; what ended stays ended");
    group->require_option(1);
    verb->callback([&outside, &choice, experiment, moved, copied] {
        choice.action = [&outside, experiment, copied] {
            return outside.on(*experiment, [&](auto& context, auto& fs) {
                return identity_verb(context, fs, *copied ? CopyKind::copied : CopyKind::moved);
            });
        };
    });
}

}  // namespace

void add_asking(CLI::App& app, Outside& outside, Choice& choice) {
    add_request(app, outside, choice, RequestKind::stop, "stop", "end trials when convenient for their jobs");
    add_request(app, outside, choice, RequestKind::kill, "kill", "end trials now");
    add_request(app, outside, choice, RequestKind::retry, "retry",
                "try ended trials again, with the same id and config");
    add_pause(app, outside, choice);
    add_wait(app, outside, choice);
    add_drain(app, outside, choice);
    add_identity(app, outside, choice);
}

}  // namespace tw
