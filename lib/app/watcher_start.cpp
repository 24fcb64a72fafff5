#include "app/role.hpp"
#include "app/watcher.hpp"
#include "trialdir/claims.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/publish.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

constexpr const char* role = "watcher";

std::vector<Error> just(Error error) {
    std::vector<Error> errors;
    errors.push_back(std::move(error));
    return errors;
}

// Jobs of the local backend can be looked after from their own host alone.
bool has_local_jobs(const Ledger& ledger) {
    for (auto& [id, trial] : ledger.trials()) {
        if (is_ended(trial.state)) continue;
        for (auto& run : trial.stages) {
            const Revision* revision = ledger.revision_of(trial);
            const Stage* stage = revision ? revision->experiment.find_stage(run.name) : nullptr;
            if (!stage) continue;
            const BackendSpec& backend = revision->experiment.backend_of(*stage);
            for (auto& task : run.tasks)
                if (backend.type == "local" &&
                    (task.state == TaskState::submitted || task.state == TaskState::running))
                    return true;
        }
    }
    return false;
}

}  // namespace

Status may_take_over(Ports ports, const Segment& segment, const Ledger& ledger,
                     const WatcherOptions& options) {
    if (ledger.released()) return {};
    const Owner& owner = segment.owner;
    if (standing_of(owner, ports.processes) == Standing::elsewhere && has_local_jobs(ledger))
        return fail({Code::busy,
                     "jobs of the local backend may still run under " + describe(owner),
                     layout::journal,
                     {},
                     0,
                     "start the watcher on " + owner.host});
    return may_take(ports, {role, "watcher", layout::journal}, owner, {options.takeover, options.once});
}

namespace {

// The last word, whose owner may be succeeded. Judging may take minutes: what was added meanwhile (jobs of
// the local backend) is judged too.
Result<std::optional<Segment>> read_judged(Ports ports, const WatcherOptions& options) {
    auto segment = read_last_word(ports.fs);
    while (segment && *segment) {
        auto ledger = replay(**segment);
        if (!ledger) return fail(ledger.error());
        if (auto may = may_take_over(ports, **segment, *ledger, options); !may) return fail(may.error());
        auto again = read_last_word(ports.fs);
        if (!again || !*again) return again;
        bool same =
            (*again)->owner.epoch == (*segment)->owner.epoch && (*again)->length == (*segment)->length;
        segment = std::move(again);
        if (same) break;
    }
    return segment;
}

}  // namespace

tl::expected<std::unique_ptr<Watcher>, std::vector<Error>> Watcher::start(Ports ports, WatcherOptions options,
                                                                          const Backends::Maker& maker) {
    auto loaded = load_experiment(ports.fs);
    if (!loaded) return tl::unexpected(loaded.error());
    if (auto here = check_place(ports.fs); !here) return tl::unexpected(just(here.error()));
    std::string nonce = maker_name(ports.processes.self());
    auto identity = prepare_experiment(ports.fs, ports.processes.random_hex(16), nonce);
    if (!identity) return tl::unexpected(just(identity.error()));
    if (auto same = check_identity(ports.fs, *identity); !same) return tl::unexpected(just(same.error()));
    auto segment = read_judged(ports, options);
    if (!segment) return tl::unexpected(just(segment.error()));
    HostIdentity self = ports.processes.self();
    auto taken = take_over(ports.fs, make_owner(self, identity->id, ports.clock.now()), std::move(*segment));
    if (!taken) return tl::unexpected(just(taken.error()));
    Heart heart(ports.fs, role, taken->journal.owner().epoch);
    auto clock = std::make_unique<ServerClock>(ports.clock);
    Ports own{ports.fs, *clock, ports.waker, ports.processes, ports.log};
    if (auto time = heart.beat(clock->monotonic())) clock->hear(*time);
    Desk desk{own,
              options,
              nonce,
              Books(own, std::move(taken->ledger), std::move(taken->journal)),
              Backends(maker),
              Launcher(ports.fs, identity->id, options.trialctl),
              Spool(ports.fs),
              {},
              {},
              {},
              {},
              true,
              {},
              false,
              false};
    std::unique_ptr<Watcher> watcher(new Watcher(std::move(clock), std::move(desk), std::move(heart)));
    if (auto ready = watcher->get_ready(); !ready) return tl::unexpected(just(ready.error()));
    return watcher;
}

// Temporary names of watchers that were killed. The journal is ours: nobody else is writing these now.
void Watcher::remove_leftovers() {
    FileSystem& fs = desk_.ports.fs;
    auto remove_temporaries = [&](const std::string& directory, const std::string& prefix) {
        auto entries = fs.list(directory);
        if (!entries) return;
        for (auto& entry : *entries) {
            if (!entry.name.starts_with(prefix) || !entry.name.ends_with(".tmp")) continue;
            std::string path = directory + "/" + entry.name;
            (void)(entry.kind == FileKind::directory ? remove_tree(fs, path) : remove_if_there(fs, path));
        }
    };
    for (auto& directory : {layout::journal, layout::programs, layout::scripts})
        remove_temporaries(directory, ".");
    for (auto& [id, trial] : desk_.ledger().trials())
        if (!trial.settled) remove_temporaries(layout::trial(id), ".outcome.json.");
    // Others write here too: an optimizer that starts at this moment has the next id in the making.
    for (auto& directory : {layout::private_directory, layout::requests, layout::optimizer})
        remove_abandoned(fs, directory, desk_.ports.processes);
    remove_late_claims();
}

// An owner that was overtaken may have given up an attempt of a trial that was closed meanwhile, or handed
// one over.
void Watcher::remove_late_claims() {
    if (auto jobs = desk_.ports.fs.list(layout::jobs))
        for (auto& entry : *jobs) {
            const Trial* trial = desk_.ledger().find(entry.name.substr(0, entry.name.find('.')));
            if (trial && is_ended(trial->state) && trial->settled)
                (void)remove_tree(desk_.ports.fs, layout::jobs + "/" + entry.name);
        }
    auto entries = desk_.ports.fs.list(layout::claims);
    if (!entries) return;
    for (auto& entry : *entries) {
        const Trial* trial = desk_.ledger().find(entry.name);
        if (trial && is_ended(trial->state) && trial->settled)
            (void)close_claims(desk_.ports.fs, entry.name, trial->incarnation);
    }
}

Status Watcher::get_ready() {
    Ports ports = desk_.ports;
    if (auto installed = desk_.launcher.install_wrapper(desk_.nonce); !installed) return installed;
    remove_leftovers();
    look_at_space();
    if (auto read = sweep_.read_revision(); !read) return read;
    const Revision& revision = *desk_.ledger().latest();
    for (auto& stage : revision.experiment.stages)
        if (auto backend = desk_.backends.of(revision.experiment, stage); !backend) {
            Error error = backend.error();
            if (!error.pointer.empty()) error.line = line_of_pointer(revision.text, error.pointer);
            return fail(error);
        }
    if (auto read = agents_.read_revision(); !read) return read;
    for (int shard = 0; shard < layout::shards; ++shard)
        ports.waker.watch(layout::spool + "/" + layout::shard_name(shard));
    ports.waker.watch(layout::trials);
    intake_.adopt_all();
    decider_.begin();
    return {};
}

}  // namespace tw
