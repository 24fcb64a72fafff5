#include <fmt/format.h>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"

namespace tw {

namespace {

bool is_over(const ExperimentView& view) {
    if (view.live() > 0 || view.optimizer.may_live()) return false;
    const TrialView* after = view.find("@after");
    return !after || is_ended(after->state) || !view.watcher.may_live();
}

// Nothing will change any more by itself.
bool stuck_in_pause(const ExperimentView& view) {
    return view.ledger.pause() && view.live_jobs() == 0;
}

}  // namespace

int wait_verb(CtlContext& context, FileSystem& fs, const WaitOptions& options) {
    constexpr Seconds interval{2};
    Seconds start = context.clock.monotonic();
    bool warned = false;
    for (;;) {
        auto view = read_view(fs, context.clock, context.processes);
        if (!view) return complain(context, view.error());
        if (is_over(*view)) return 0;
        if (stuck_in_pause(*view))
            return complain(context,
                            advise(Code::refused, "the search is paused: " + view->ledger.pause()->reason,
                                   "go on with " + command_line("trialctl resume", fs)));
        if (!std::exchange(warned, true)) warn_without_watcher(context, fs, *view);
        Seconds waited = context.clock.monotonic() - start;
        if (options.timeout && waited >= *options.timeout)
            return complain(context,
                            advise(Code::busy, fmt::format("{} trials have not ended", view->live())));
        Seconds longest = options.timeout ? std::min(interval, *options.timeout - waited) : interval;
        if (context.waker->wait(longest) == Waker::Reason::signal) return 1;
    }
}

}  // namespace tw
