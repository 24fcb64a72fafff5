// How an optimizer goes, and what it says of the search.
#include <fmt/format.h>

#include <array>

#include "app/candidate.hpp"
#include "app/optimizer.hpp"

namespace tw {

namespace {

// Of ties, or of a Pareto front.
constexpr std::size_t longest_list = 5;

// For a disk that is full or away for a moment.
constexpr Seconds longest_release{5};

std::string count_states(const TrialBook& book) {
    std::map<EndState, int> counts;
    for (auto& [id, trial] : book.trials())
        if (trial.outcome) ++counts[trial.outcome->state];
    std::string text;
    for (auto& [state, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(state));
    return text.empty() ? "none ended" : text;
}

std::vector<Candidate> candidates_of(const TrialBook& book, const Experiment& experiment) {
    std::vector<Candidate> candidates;
    for (auto& [id, trial] : book.trials()) {
        if (!trial.outcome || trial.outcome->state != EndState::complete) continue;
        candidates.push_back(measured({id, trial.outcome->seq, {}, 0, trial.config.proposal.budget},
                                      trial.outcome->values, experiment.objectives,
                                      experiment.outcome_constraints));
    }
    return candidates;
}

std::string describe_candidate(const Candidate& candidate, const BookedTrial& trial,
                               const std::vector<Objective>& objectives) {
    std::string text = candidate.id;
    for (std::size_t i = 0; i < objectives.size(); ++i)
        text += fmt::format(" {}={:.6g}", objectives[i].name, candidate.values[i]);
    text += ":";
    for (auto& [name, value] : trial.config.params()) text += " " + name + "=" + to_text(value);
    return text;
}

}  // namespace

void Optimizer::log_summary() const {
    auto& log = ports_.log;
    if (stopped_)
        log.info(
            "the search has ended: {}; {} of {} trials proposed: {}. Go on with: trialopt {} --trials +N, or "
            "another optimizer.stop",
            stopped_->reason, book_.proposals(), target(), count_states(book_), ports_.fs.root());
    else
        log.info("the search is complete: {} trials: {}", book_.trials().size(), count_states(book_));
    auto candidates = candidates_of(book_, experiment_);
    auto best = best_trials(candidates, experiment_.objectives);
    for (std::size_t i = 0; i < best.size() && i < longest_list; ++i) {
        auto& candidate = candidates[best[i]];
        auto& trial = book_.trials().at(candidate.id);
        auto beyond = describe_violation(experiment_.outcome_constraints, trial.outcome->values);
        log.info("best{}: {}", beyond.empty() ? "" : " (none is feasible: " + beyond + ")",
                 describe_candidate(candidate, trial, experiment_.objectives));
    }
    if (best.size() > longest_list) log.info("and {} more that are as good", best.size() - longest_list);
}

// A watcher waits for proposals as long as the role is held: who leaves with 0 has given it back.
int Optimizer::give_back() {
    heart_.stop();
    Seconds begin = ports_.clock.monotonic();
    auto released = lease_.release();
    while (!released && ports_.clock.monotonic() - begin < longest_release) {
        ports_.waker.wait(Seconds(0.1));
        released = lease_.release();
    }
    if (released) return 0;
    ports_.log.error("{}; a watcher waits for more trials until this is mended: trialopt {}",
                     released.error().text(), ports_.fs.root());
    return 1;
}

int Optimizer::finish() {
    log_summary();
    return give_back();
}

int Optimizer::leave() {
    ports_.log.info("leaving; {} of {} trials proposed, {} in flight. Resume with: trialopt {}",
                    book_.proposals(), target(), book_.live().size(), ports_.fs.root());
    return give_back();
}

}  // namespace tw
