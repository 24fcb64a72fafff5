#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/optimizer.hpp"
#include "app/proposals.hpp"
#include "app/role.hpp"
#include "base/counted.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/goal_file.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/temporaries.hpp"

namespace tw {

namespace {

constexpr const char* role = "optimizer";

tl::unexpected<std::vector<Error>> just(const Error& error) {
    return tl::unexpected(std::vector<Error>{error});
}

Result<Lease> take_role(Ports ports, const std::string& experiment_id, const OptimizerOptions& options) {
    auto holder = Lease::newest(ports.fs, layout::optimizer);
    if (!holder) return fail(holder.error());
    if (*holder && !(*holder)->released) {
        Role optimizer{role, "trialopt", layout::optimizer};
        auto may = may_take(ports, optimizer, (*holder)->owner, {options.takeover, options.once});
        if (!may) return fail(may.error());
    }
    Owner owner = make_owner(ports.processes.self(), experiment_id, ports.clock.now());
    return Lease::take(ports.fs, layout::optimizer, std::move(owner), *holder);
}

// Our proposals would be refused by the watcher, and not be known again by ourselves.
Status check_owner(FileSystem& fs, const Lease& lease) {
    auto root = fs.stat("");
    if (!root) return fail(root.error());
    auto ours = fs.stat(layout::optimizer + "/" + layout::epoch(lease.owner().epoch));
    if (!ours) return fail(ours.error());
    if (ours->owner == root->owner) return {};
    return fail({Code::refused,
                 fmt::format("the experiment belongs to uid {}, and what this process makes to uid {}",
                             root->owner, ours->owner),
                 fs.root(),
                 {},
                 0,
                 "run it as the owner, or set \"group\": true in experiment.json"});
}

}  // namespace

Status read_trials(const std::string& text, OptimizerOptions& options) {
    options.more = text.starts_with('+');
    std::string_view digits = std::string_view(text).substr(options.more ? 1 : 0);
    std::int64_t count = 0;
    const char* end = digits.data() + digits.size();
    auto [stop, failure] = std::from_chars(digits.data(), end, count);
    bool good =
        !digits.empty() && failure == std::errc() && stop == end && count >= 0 && count <= 1'000'000'000;
    if (!good)
        return fail({Code::usage,
                     "'" + text + "' is no number of trials",
                     {},
                     {},
                     0,
                     "write 200, or +100 for so many more"});
    options.trials = count;
    return {};
}

Optimizer::Optimizer(Ports ports, OptimizerOptions options, SamplerMaker maker, Lease lease,
                     Experiment experiment, SearchRun run, std::unique_ptr<Pruning> pruning)
    : ports_(ports),
      options_(std::move(options)),
      maker_(std::move(maker)),
      lease_(std::move(lease)),
      heart_(ports.fs, role, lease_.owner().epoch),
      spool_(ports.fs),
      nonce_(proposal_nonce(ports.processes.random_hex(12))),
      aside_(nonce_ + "." + maker_name(ports.processes.self())),
      experiment_(std::move(experiment)),
      server_(ports.clock),
      record_(ports, lease_.owner().experiment, lease_.owner().epoch, aside_),
      book_(ports),
      run_(std::move(run)),
      pruning_(std::move(pruning)) {
}

tl::expected<std::unique_ptr<Optimizer>, std::vector<Error>> Optimizer::start(Ports ports,
                                                                              OptimizerOptions options,
                                                                              SamplerMaker maker) {
    FileTag tag = tag_experiment(ports.fs);  // before the text: a change in between is read again
    auto loaded = load_experiment(ports.fs);
    if (!loaded) return tl::unexpected(loaded.error());
    if (auto here = check_place(ports.fs); !here) return just(here.error());
    std::string nonce = maker_name(ports.processes.self());
    auto identity = prepare_experiment(ports.fs, ports.processes.random_hex(16), nonce);
    if (!identity) return just(identity.error());
    if (auto same = check_identity(ports.fs, *identity); !same) return just(same.error());
    auto run = SearchRun::make(identity->id, loaded->experiment, maker);
    if (!run) return just(run.error());
    auto pruning = Pruning::make(ports, loaded->experiment);
    if (!pruning) return just(pruning.error());
    auto lease = take_role(ports, identity->id, options);
    if (!lease) return just(lease.error());
    std::unique_ptr<Optimizer> optimizer(new Optimizer(ports, std::move(options), std::move(maker),
                                                       std::move(*lease), std::move(loaded->experiment),
                                                       std::move(*run), std::move(*pruning)));
    optimizer->experiment_tag_ = tag;
    if (auto resumed = optimizer->resume(); !resumed) {
        (void)optimizer->lease_.release();
        return just(resumed.error());
    }
    return optimizer;
}

Optimizer::FileTag Optimizer::tag_experiment(FileSystem& fs) {
    auto stat = fs.stat(layout::experiment_file);
    return stat ? FileTag{stat->modified, stat->size, stat->inode} : FileTag{};
}

// Only once the role is ours: nobody else proposes from here on.
Status Optimizer::resume() {
    if (!experiment_.group)
        if (auto may = check_owner(ports_.fs, lease_); !may) return may;
    if (auto lease = ports_.fs.stat(layout::optimizer + "/" + layout::epoch(lease_.owner().epoch)))
        server_.hear(lease->modified);  // it was made just now
    if (auto begun = book_.begin(experiment_, record_, server_.now()); !begun) return begun;
    remove_leftovers();
    last_look_ = ports_.clock.monotonic();
    ports_.waker.watch(layout::private_directory);  // a pause that is lifted
    auto run = make_run(experiment_);
    if (!run) return fail(run.error());
    continue_with(std::move(*run));
    if (auto taken = take_goal(); !taken) return taken;
    ports_.log.info("run {}: {}; {} of {} trials proposed, {} told, at most {} in flight", run_.name(),
                    run_.sampler().reason(), book_.proposals(), target(), run_.told(), parallel());
    if (experiment_.optimizer.pruner.type != "none") ports_.log.info("pruner: {}", pruning_->description());
    if (auto rules = describe_stop(experiment_.optimizer.stop, experiment_.objectives); !rules.empty())
        ports_.log.info("the search ends early {}", rules);
    for (std::int64_t k = book_.next_k(run_.name()); k < run_.settled(); ++k)
        if (auto tried = run_.tried_by_others(book_, k, run_.seen()))
            ports_.log.info("trial {} has tried {}; it is not proposed again", *tried,
                            run_.name_of_settled(k));
    return {};
}

// With the trials of earlier experiments that it is to know.
Result<SearchRun> Optimizer::make_run(const Experiment& experiment) {
    auto imported = import_trials(ports_, options_.open, experiment.optimizer.warm_start, aside_);
    if (!imported) return fail(imported.error());
    auto run = SearchRun::make(lease_.owner().experiment, experiment, maker_, *imported);
    if (run && !imported->empty())
        ports_.log.info("{} of earlier experiments {} known from the beginning",
                        counted(run->imported(), "trial"), run->imported() == 1 ? "is" : "are");
    return run;
}

// What those before were killed at. Numbers that come free are given again, the highest first.
void Optimizer::remove_leftovers() {
    remove_abandoned(ports_.fs, layout::optimizer, ports_.processes);
    std::vector<TrialId> ids = book_.without_config();
    std::reverse(ids.begin(), ids.end());
    for (auto& id : ids)
        if (remove_leftover(ports_.fs, id)) book_.give_back(id);
}

Status Optimizer::take_goal() {
    auto known = newest_goal(ports_.fs);
    if (!known) return fail(known.error());
    goal_ = *known;
    if (!options_.trials) return {};
    Goal goal{*options_.trials + (options_.more ? book_.proposals() : 0), experiment_.optimizer.trials, {}};
    if (options_.more ||
        goal.trials > target())  // a person wants more, in spite of what had ended the search
        for (auto& rule : rules_that_hold()) goal.passed[rule.rule] = rule.setting;
    else if (goal_)
        goal.passed = goal_->passed;
    goal_ = std::move(goal);
    return publish_goal(ports_.fs, lease_.owner().epoch, *goal_, aside_);
}

}  // namespace tw
