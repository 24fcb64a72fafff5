// One run of a search: a sampler, what it was told, and what it proposes next. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/trial_book.hpp"
#include "optimize/make_sampler.hpp"
#include "optimize/stopping.hpp"
#include "records/carry_over.hpp"
#include "trialdir/import_file.hpp"

namespace tw {

using SamplerMaker = std::function<Result<std::unique_ptr<Sampler>>(const Space&, const OptimizerSpec&,
                                                                    const std::vector<Objective>&)>;

// The name of a run: the same declaration of the same experiment always continues the same run, and a
// change of space, sampler, seed or first configurations begins another. Frozen: another name abandons what
// is under way.
std::string run_name(const std::string& experiment_id, const Space& space, const std::string& sampler,
                     std::uint64_t seed, const std::vector<Params>& first = {});

// The same where trials of earlier experiments are known from the beginning.
std::string run_name(const std::string& without, const std::vector<ImportedTrial>& imported);

// For the TRIAL_SEED of proposal k: 1 to 2^31 - 1. From optimizer.seed alone, so that the same declaration
// elsewhere gives the same results.
std::uint64_t job_seed(std::uint64_t seed, std::int64_t k);

// A configuration of which the script dies, that takes too long or gives no number: protocol/02, 2.6.
bool is_own_fault(EndState state, const std::string& kind);

class SearchRun {
public:
    // `imported`: trials of earlier experiments, which the sampler knows first of all. With others it is
    // another run.
    static Result<SearchRun> make(const std::string& experiment_id, const Experiment& experiment,
                                  const SamplerMaker& maker, const std::vector<ImportedTrial>& imported = {});

    // What a run of before did: every ending is heard, and the sampler is told of every proposal after what
    // that had seen. Once, first of all.
    void resume(const TrialBook& book);

    void hear(const TrialId& id, const BookedTrial& trial);  // it ended

    // Tells what was heard in seq order, up to the first number that is missing.
    void tell();
    bool waits() const { return !heard_.empty(); }  // after tell(): a number is missing

    // When the first trial after the missing number ended; waits() holds.
    Instant waits_since() const { return heard_.begin()->second.ended; }
    void skip_missing();  // and tells on, to the next missing number

    // The next configs, `count` unless the sampler has no more, for now or for good. The same again until the
    // book knows them.
    Result<std::vector<Config>> propose(const TrialBook& book, std::int64_t count);
    bool exhausted(const TrialBook& book) const;  // the sampler has no more

    // The sampler had no more for now, and nothing was told since.
    bool needs_results() const { return needs_results_; }

    // How many proposals the declaration has settled: see first_configurations().
    std::int64_t settled() const { return std::ssize(first_); }
    std::string name_of_settled(std::int64_t k) const;  // for people

    // Somebody else's trial that was complete among the first `seen` endings with the parameters of proposal
    // k, which is settled: it would be a repetition and is not made. A person's; where the experiment names
    // first configurations, an earlier run's too.
    std::optional<TrialId> tried_by_others(const TrialBook& book, std::int64_t k, std::int64_t seen) const;

    const std::string& name() const { return name_; }
    const Sampler& sampler() const { return *sampler_; }
    const Stopping& stopping() const { return stopping_; }
    std::int64_t seen() const { return seen_; }
    std::int64_t told() const { return told_; }
    std::int64_t imported() const { return imported_; }                // of those, so many fit the space
    std::int64_t left_out() const { return left_out_; }                // endings that do not fit the space
    const std::string& why_left_out() const { return why_left_out_; }  // the first of them

private:
    struct Heard {
        std::optional<Observation> observation;  // unless it was left out
        Instant ended{};
    };

    using Known = std::map<std::int64_t, const BookedTrial*>;

    SearchRun(std::string name, const Experiment& experiment, std::unique_ptr<Sampler> sampler);

    void know(const std::vector<ImportedTrial>& imported);
    Result<Observation> observe(const TrialId& id, const BookedTrial& trial, Params params) const;
    Heard listen(const TrialId& id, const BookedTrial& trial, Params params);
    bool is_like(const BookedTrial& trial, const Params& params) const;
    bool is_left_out(const TrialBook& book, std::int64_t k, std::int64_t seen) const;
    std::int64_t next_k(const TrialBook& book) const;
    void tell(std::int64_t seq, const Heard& heard);
    void tell_first();
    void miss(const TrialBook& book, const Known& known, std::int64_t from, std::int64_t before,
              std::int64_t seen);
    void drop_known(const TrialBook& book);
    Result<Config> ask(std::int64_t k);

    std::string name_;
    std::uint64_t seed_;
    CarryOver carry_over_;
    std::vector<Objective> objectives_;
    std::vector<Suggestion> first_;
    bool names_first_;  // the experiment does
    std::vector<OutcomeConstraint> constraints_;
    std::unique_ptr<Sampler> sampler_;
    Stopping stopping_;
    std::map<std::pair<std::int64_t, TrialId>, Heard> heard_;
    std::int64_t seen_ = 0, told_ = 0, left_out_ = 0, imported_ = 0;
    std::string why_left_out_;
    std::vector<Config> missing_;  // lost from between known ones
    bool asked_out_ = false, needs_results_ = false;
};

}  // namespace tw
