// A moved or copied experiment is told what it is.
#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

std::string free_name(FileSystem& fs, const std::string& stem) {
    for (int n = 1;; ++n)
        if (std::string name = stem + "." + std::to_string(n); !is_listed(fs, name)) return name;
}

// The id stays, so a job that reads the file at any moment finds its experiment.
Status bind_here(CtlContext& context, FileSystem& fs, Identity identity) {
    auto root = fs.stat("");
    if (!root) return fail(root.error());
    identity.path = fs.root();
    identity.inode = root->inode;
    std::string aside = layout::private_directory + "/.id." + temporary_nonce(context) + ".tmp";
    Status status = fs.create(aside, write_identity(identity));
    if (status) status = fs.sync(aside);
    if (status) status = fs.rename(aside, layout::identity);
    if (status) status = fs.sync(layout::private_directory);
    return status;
}

int moved(CtlContext& context, FileSystem& fs, const Identity& identity) {
    auto view = read_view(fs, context.clock, context.processes);
    if (!view) return complain(context, view.error());
    if (view->watcher.state == RoleView::State::alive)
        return complain(context, advise(Code::busy, "a watcher of this experiment is alive on this host",
                                        "if it watches " + identity.path +
                                            ", this is a copy: say --copied; else end it first"));
    if (auto bound = bind_here(context, fs, identity); !bound) return complain(context, bound.error());
    context.out << "experiment " << identity.id
                << " is here now; go on with: " << command_line("trialctl run", fs) << "\n";
    return 0;
}

// What ended stays ended by its outcome.json; everything else belongs to the other experiment's journal.
int copied(CtlContext& context, FileSystem& fs) {
    std::string aside = free_name(fs, layout::private_directory + ".copied");
    if (auto renamed = fs.rename(layout::private_directory, aside); !renamed)
        return complain(context, renamed.error());
    auto fresh =
        prepare_experiment(fs, context.processes.random_hex(16), maker_name(context.processes.self()));
    if (!fresh) return complain(context, fresh.error());
    context.out << "this is experiment " << fresh->id << " now; what the other one knew is in " << aside
                << "\n"
                << "trials that had not ended begin anew; go on with: " << command_line("trialctl run", fs)
                << "\n";
    return 0;
}

}  // namespace

int identity_verb(CtlContext& context, FileSystem& fs, CopyKind kind) {
    auto identity = read_identity_file(fs);
    if (!identity) return complain(context, identity.error());
    if (!*identity) {
        context.out << "no watcher was ever started here, so nothing is bound to a directory\n";
        return 0;
    }
    if (check_identity(fs, **identity)) {
        context.out << "experiment " << (*identity)->id << " is where it was made; there is nothing to do\n";
        return 0;
    }
    return kind == CopyKind::moved ? moved(context, fs, **identity) : copied(context, fs);
}

}  // namespace tw
