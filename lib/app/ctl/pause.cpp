// pause, resume: requests about the whole experiment, in .trialwatch/requests.
#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

Status post(CtlContext& context, FileSystem& fs, const std::string& kind, const std::string& reason) {
    if (!is_listed(fs, layout::requests))
        return fail(advise(Code::refused, "no watcher was ever started here, so there is nothing to " + kind,
                           command_line("trialctl run", fs)));
    // Names sort by time: of a pause and a resume that both wait, the later one holds.
    std::string path = layout::requests + "/" + kind + "." + sortable_nonce(context);
    Request request{context.processes.self().user, reason};
    auto made = publish(fs, path, write_request(request), temporary_nonce(context));
    if (made) ring(context, fs, "@experiment");
    return made;
}

int ask(CtlContext& context, FileSystem& fs, const std::string& kind, const std::string& reason) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (view->misplaced) return complain(context, *view->misplaced);
    if (auto posted = post(context, fs, kind, reason); !posted) return complain(context, posted.error());
    bool paused = view->ledger.pause().has_value();
    if (kind == "pause")
        context.out << (paused ? "it is paused already" : "nothing new will be started; what runs goes on")
                    << "\n";
    else
        context.out << (paused ? "going on" : "it was not paused") << "\n";
    warn_without_watcher(context, fs, *view);
    return 0;
}

}  // namespace

int pause_verb(CtlContext& context, FileSystem& fs, const std::string& reason) {
    return ask(context, fs, "pause", reason);
}

int resume_verb(CtlContext& context, FileSystem& fs) {
    return ask(context, fs, "resume", "");
}

}  // namespace tw
