#include <fmt/format.h>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

// Where people make the trials, and no optimizer ever was, nothing is left to propose.
std::int64_t left_to_propose(const ExperimentView& view) {
    bool by_hand = view.optimizer.state == RoleView::State::absent && !view.goal && !view.trials.empty();
    return by_hand ? 0 : view.left_to_propose();
}

bool is_over(const ExperimentView& view) {
    if (view.live() > 0 || view.optimizer.may_live() || left_to_propose(view) > 0) return false;
    const TrialView* after = view.find("@after");
    return !after || is_ended(after->state);
}

Error paused(const ExperimentView& view, FileSystem& fs) {
    std::string hint = "go on with " + command_line("trialctl resume", fs);
    if (!view.watcher.may_live()) hint += " and " + command_line("trialctl run", fs);
    return advise(Code::refused, "the search is paused: " + view.ledger.pause()->reason, hint);
}

// Why nothing will change any more by itself; nothing while somebody is at work.
std::optional<Error> stuck(const ExperimentView& view, FileSystem& fs) {
    bool watched = view.watcher.may_live();
    if (view.ledger.pause() && (!watched || view.live_jobs() == 0)) return paused(view, fs);
    bool unwatched = !view.journalled && view.optimizer.may_live();  // somebody else runs what it proposes
    if (!watched && !unwatched)
        return advise(Code::refused,
                      fmt::format("no watcher is alive, and {} of {} trials have ended",
                                  view.trials.size() - view.live(), view.planned()),
                      "go on with " + start_command(fs, view, "trialwatch"));
    if (view.live() > 0 || view.optimizer.may_live() || left_to_propose(view) == 0) return std::nullopt;
    return advise(Code::refused,
                  fmt::format("every trial has ended, {} more are planned, and nobody proposes them",
                              view.left_to_propose()),
                  "go on with " + start_command(fs, view, "trialopt"));
}

Error too_long(const ExperimentView& view) {
    std::size_t live = view.live();
    if (live == 0) return advise(Code::busy, "the search has not ended");
    return advise(Code::busy, fmt::format("{} not ended",
                                          live == 1 ? "1 trial has" : fmt::format("{} trials have", live)));
}

}  // namespace

int wait_verb(CtlContext& context, FileSystem& fs, const WaitOptions& options) {
    constexpr Seconds interval{2};
    Seconds start = context.clock.monotonic();
    for (bool was_stuck = false;;) {
        auto view = read_view(fs, context.clock, context.processes);
        if (!view) return complain(context, view.error());
        if (!view->experiment) return complain(context, view->mistakes.front());
        if (view->misplaced) return complain(context, *view->misplaced);
        if (is_over(*view)) return 0;
        // At two looks: one who starts just now, or takes over, is not there at the first.
        auto why = stuck(*view, fs);
        if (why && std::exchange(was_stuck, true)) return complain(context, *why);
        was_stuck = why.has_value();
        Seconds waited = context.clock.monotonic() - start;
        if (options.timeout && waited >= *options.timeout)
            return complain(context, why ? *why : too_long(*view));
        Seconds longest = options.timeout ? std::min(interval, *options.timeout - waited) : interval;
        if (context.waker->wait(longest) == Waker::Reason::signal) return 1;
    }
}

}  // namespace tw
