// stop, kill, retry: request files in the trial's directory.
#include <fmt/format.h>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

const char* name_of(RequestKind kind) {
    switch (kind) {
        case RequestKind::stop: return "stop";
        case RequestKind::kill: return "kill";
        case RequestKind::retry: return "retry";
    }
    return "stop";
}

// Asked for, and not taken yet. An ended trial's alone: a live one's is about its next attempt.
bool retry_waits(FileSystem& fs, const TrialView& trial) {
    return is_ended(trial.state) && trial.state != TrialState::complete &&
           is_listed(fs, layout::trial(trial.id) + "/retry");
}

bool makes_sense(RequestKind kind, TrialState state) {
    if (kind != RequestKind::retry) return !is_ended(state);
    return is_ended(state) && state != TrialState::complete;
}

Status check_selection(const RequestOptions& options) {
    int ways = !options.ids.empty() + options.all + !options.state.empty();
    if (ways != 1)
        return fail(advise(Code::usage, std::string("say which trials to ") + name_of(options.kind),
                           "either ids, or --all, or --state STATE"));
    if (options.state.empty() || trial_state_from(options.state)) return {};
    return fail(advise(Code::usage, "there is no state '" + options.state + "'",
                       "waiting, running, stopping, complete, pruned, failed or killed"));
}

// By name, or all that the request makes sense for.
Result<std::vector<const TrialView*>> select(FileSystem& fs, const ExperimentView& view,
                                             const RequestOptions& options) {
    std::vector<const TrialView*> selected;
    for (auto& word : options.ids) {
        auto trial = find_trial(view, word);
        if (!trial) return fail(trial.error());
        selected.push_back(*trial);
    }
    if (!options.ids.empty()) return selected;
    for (auto& trial : view.trials) {
        bool wanted = options.all || to_string(trial.state) == options.state;
        if (!wanted) continue;
        bool undo = options.kind != RequestKind::retry && retry_waits(fs, trial);
        if (undo || makes_sense(options.kind, trial.state)) selected.push_back(&trial);
    }
    return selected;
}

// What to say about a trial that the request does nothing for. An ended trial needs no stop.
Status judge(RequestKind kind, const TrialView& trial, std::string& remark) {
    if (makes_sense(kind, trial.state)) return {};
    std::string state(to_string(trial.state));
    if (kind != RequestKind::retry) {
        remark = trial.id + " is already " + state;
        return {};
    }
    Error error =
        advise(Code::refused, "trial " + trial.id + " is " + state, "only an ended trial can be tried again");
    if (trial.state == TrialState::complete)
        error.hint = "a result is not thrown away; make a new trial with trialctl new";
    return fail(std::move(error));
}

Status post(CtlContext& context, FileSystem& fs, const RequestOptions& options, const TrialId& id,
            std::string& remark) {
    Request request{context.processes.self().user, options.reason};
    std::string path = layout::trial(id) + "/" + name_of(options.kind);
    auto made = publish(fs, path, write_request(request), temporary_nonce(context));
    if (!made && made.error().code != Code::exists) return made;
    remark = id + ": " + name_of(options.kind) + (made ? " asked for" : " was asked for before");
    ring(context, fs, id);
    return {};
}

// A kill or stop after a retry wins. It is posted too: a watcher may take the retry at this moment, and for
// an ended trial it has no effect.
Status withdraw_retry(CtlContext& context, FileSystem& fs, const RequestOptions& options,
                      const TrialView& trial, std::string& remark) {
    if (auto gone = remove_if_there(fs, layout::trial(trial.id) + "/retry"); !gone) return gone;
    auto status = post(context, fs, options, trial.id, remark);
    remark = trial.id + ": the retry that waited is taken back";
    return status;
}

// The worst exit status; what can be done for the others is done.
int request_one(CtlContext& context, FileSystem& fs, const RequestOptions& options, const TrialView& trial,
                bool& posted) {
    std::string remark;
    Status status;
    if (options.kind != RequestKind::retry && retry_waits(fs, trial))
        status = withdraw_retry(context, fs, options, trial, remark);
    else
        status = judge(options.kind, trial, remark);
    if (status && remark.empty()) {
        status = post(context, fs, options, trial.id, remark);
        posted = posted || status.has_value();
    }
    if (!status) return complain(context, status.error());
    context.out << remark << "\n";
    return 0;
}

}  // namespace

int request_verb(CtlContext& context, FileSystem& fs, const RequestOptions& options) {
    if (auto good = check_selection(options); !good) return complain(context, good.error());
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (view->misplaced) return complain(context, *view->misplaced);
    auto selected = select(fs, *view, options);
    if (!selected) return complain(context, selected.error());
    if (selected->empty()) context.out << "there is nothing to " << name_of(options.kind) << "\n";
    int worst = 0;
    bool posted = false;
    for (auto* trial : *selected) worst = std::max(worst, request_one(context, fs, options, *trial, posted));
    if (posted) warn_without_watcher(context, fs, *view);
    return worst;
}

}  // namespace tw
