#include "app/ctl/overwrite.hpp"

#include <fmt/format.h>

#include "app/ctl/advise.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

Status allowed(CtlContext& context, FileSystem& fs, const ExperimentView& view, bool yes) {
    for (auto* role : {&view.watcher, &view.optimizer})
        if (role->may_live())
            return fail(
                advise(Code::busy, "it may still be running: " + describe(role->owner), "end it first"));
    if (view.live_jobs() > 0)
        return fail(advise(Code::busy, fmt::format("{} jobs are queued or running", view.live_jobs()),
                           command_line("trialctl kill", fs, "--all") + ", then " +
                               command_line("trialwatch", fs, "--until-done")));
    if (yes || view.trials.empty()) return {};
    std::string question =
        fmt::format("set {} trials of {} aside and begin anew?", view.trials.size(), fs.root());
    if (!context.confirm)
        return fail(advise(Code::usage, "--overwrite needs --yes where nobody can be asked"));
    if (context.confirm(question)) return {};
    return fail(Code::refused, "nothing was changed");
}

// The same number for both, so that they are seen to belong together.
std::string free_suffix(FileSystem& fs) {
    for (int n = 1;; ++n) {
        std::string suffix = ".old." + std::to_string(n);
        if (!is_listed(fs, layout::trials + suffix) && !is_listed(fs, layout::private_directory + suffix))
            return suffix;
    }
}

}  // namespace

Status set_aside(CtlContext& context, FileSystem& fs, const ExperimentView& view, bool yes) {
    if (auto good = allowed(context, fs, view, yes); !good) return good;
    std::string suffix = free_suffix(fs);
    for (auto& name : {layout::private_directory, layout::trials}) {
        if (!is_listed(fs, name)) continue;
        if (auto renamed = fs.rename(name, name + suffix); !renamed) return renamed;
        context.err << "trialctl: " << name << " is " << name << suffix << " now\n";
    }
    return fs.sync("");
}

}  // namespace tw
