// The optimizer: keeps trials in flight until the search is complete.
//
// A tick is: one look at the live trials, what ended is told to the sampler in the journal's order, who is
// not worth finishing is asked to stop, then what is missing is proposed. Nothing but trials/ and the goal is
// remembered from one process to the next, so it may be killed at any point: a proposal exists when its
// config.json does, and (run, k) names it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "app/ended_record.hpp"
#include "app/ports.hpp"
#include "app/pruning.hpp"
#include "app/search_run.hpp"
#include "app/server_clock.hpp"
#include "app/trial_book.hpp"
#include "app/warm_start.hpp"
#include "records/goal.hpp"
#include "records/stopped.hpp"
#include "trialdir/lease.hpp"
#include "trialdir/spool.hpp"

namespace tw {

struct OptimizerOptions {
    std::optional<std::int64_t> trials;  // a new goal, instead of the one there is
    bool more = false;                   // `trials` come on top of those proposed so far
    int parallel = 0;                    // 0: experiment.json's
    Seconds poll{1};
    bool once = false;      // one tick; for cron
    bool takeover = false;  // from another host, without waiting for its silence
    DirectoryOpener open;   // for earlier experiments; none: there are no warm starts
};

// "200", or "+100" for so many more.
Status read_trials(const std::string& text, OptimizerOptions& options);

class Optimizer {
public:
    // Checks the experiment, takes the role and resumes the search. All mistakes in experiment.json are
    // returned; Code::busy when another optimizer lives.
    static tl::expected<std::unique_ptr<Optimizer>, std::vector<Error>> start(
        Ports ports, OptimizerOptions options, SamplerMaker maker = make_sampler);

    // Until the search is complete, or somebody asks to stop. Exit status.
    //
    // The role is given back in both cases, and a watcher takes that for "nobody proposes any more". With
    // `once` it is given back only by the tick that finds the search complete; before, the next process on
    // this host takes it from a dead one, and one on another host needs `takeover`.
    int run();

    Status tick();  // Code::busy: the role was taken over

    bool finished() const;

    const TrialBook& book() const { return book_; }
    const SearchRun& search() const { return run_; }

private:
    using FileTag = std::tuple<Instant, std::int64_t, std::uint64_t>;

    Optimizer(Ports ports, OptimizerOptions options, SamplerMaker maker, Lease lease, Experiment experiment,
              SearchRun run, std::unique_ptr<Pruning> pruning);

    static FileTag tag_experiment(FileSystem& fs);
    Status resume();
    int give_back();
    void remove_leftovers();
    Status take_goal();
    Result<SearchRun> make_run(const Experiment& experiment);
    void continue_with(SearchRun run);
    void reread_experiment();
    void beat();
    Status look(bool poll);
    void tell(bool looked_around);
    void say_left_out();
    void prune();
    bool ask_to_stop(const TrialId& id, const Request& request);
    std::optional<Instant> began();
    std::vector<Stopped> rules_that_hold();
    bool is_passed(const Stopped& rule) const;
    Status settle_end();
    void end_by(const Stopped& rule);
    void go_on();
    Status still_owner();
    bool paused();
    Status propose();
    Status propose_some(std::int64_t count);
    void announce(const TrialId& id, const Config& config);
    void ring(const TrialId& id);
    std::int64_t room() const;
    bool all_proposed() const;
    std::int64_t target() const;
    std::int64_t parallel() const;
    void report(const Status& ticked);
    int finish();
    int leave();
    void log_summary() const;

    Ports ports_;
    OptimizerOptions options_;
    SamplerMaker maker_;
    Lease lease_;
    Heart heart_;
    Spool spool_;
    std::string nonce_;  // of this process: bells
    std::string aside_;  // and its temporary names
    Experiment experiment_;
    FileTag experiment_tag_{};
    ServerClock server_;
    EndedRecord record_;
    TrialBook book_;
    SearchRun run_;
    std::unique_ptr<Pruning> pruning_;
    std::map<TrialId, Request> condemned_;  // to be asked to stop
    std::set<TrialId> asked_;               // of the live ones: they were
    std::optional<Goal> goal_;
    std::optional<Instant> began_;    // of the first proposal
    std::optional<Stopped> stopped_;  // the rule that ends the search
    bool stop_published_ = false;
    std::int64_t bells_ = 0, said_left_out_ = 0;
    std::optional<Seconds> last_poll_, last_look_;
    bool blocked_ = false;  // the last proposal failed: look around before the next one
    bool paused_ = false;
    bool proposed_ = false;  // since the last look
    std::string trouble_;    // what was said about it
};

}  // namespace tw
