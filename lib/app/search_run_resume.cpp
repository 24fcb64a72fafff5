// How a run goes on after a restart: the sampler hears what it heard before, in the same order.
#include <algorithm>
#include <unordered_map>

#include "app/proposals.hpp"
#include "app/search_run.hpp"

namespace tw {

namespace {

// Configurations that are kept from a proposal to its ending; that of another is unpacked twice.
constexpr std::size_t most_kept = 1000;

using Entry = std::map<TrialId, BookedTrial>::value_type;

struct Ending {
    std::int64_t seq = 0;
    const Entry* trial = nullptr;
};

std::vector<Ending> endings_of(const TrialBook& book) {
    std::vector<Ending> ended;
    for (auto& entry : book.trials())
        if (entry.second.outcome) ended.push_back({entry.second.outcome->seq, &entry});
    std::stable_sort(ended.begin(), ended.end(), [](auto& a, auto& b) { return a.seq < b.seq; });
    return ended;  // of the same number by name
}

Suggestion suggestion_of(const PackedConfig& config) {
    return {config.params(), config.proposal.sampler, config.proposal.budget, config.proposal.parent};
}

}  // namespace

void SearchRun::resume(const TrialBook& book) {
    Known known;
    for (auto& [id, trial] : book.trials())
        if (trial.proposal && trial.config.proposal.run == name_)
            known.emplace_hint(known.end(), trial.config.proposal.k, &trial);
    const auto ended = endings_of(book);
    auto ending = ended.begin();
    std::unordered_map<const BookedTrial*, Params> kept;
    const auto tell_up_to = [&](std::int64_t seen) {
        for (; ending != ended.end() && ending->seq <= seen; ++ending) {
            auto& [id, trial] = *ending->trial;
            auto params = kept.extract(&trial);
            tell(ending->seq, listen(id, trial, params ? std::move(params.mapped()) : trial.config.params()));
        }
    };
    std::int64_t next = 0;
    for (auto& [k, trial] : known) {
        const Proposal& proposal = trial->config.proposal;
        tell_up_to(proposal.seen);
        miss(book, known, next, k, proposal.seen);
        next = k + 1;
        seen_ = std::max(seen_, proposal.seen);
        Suggestion made = suggestion_of(trial->config);
        sampler_->proposed(k, made);
        if (trial->outcome && trial->outcome->seq > proposal.seen && kept.size() < most_kept)
            kept[trial] = std::move(made.params);
    }
    for (; ending != ended.end(); ++ending) hear(ending->trial->first, ending->trial->second);
}

// A power loss kept a later one of those that were published together. It must be asked for here, in its
// turn, to be found again by the next resume(). Of more than are published at once the directories were
// removed. A number is left out where one that was kept goes on from the same trial.
void SearchRun::miss(const TrialBook& book, const Known& known, std::int64_t from, std::int64_t before,
                     std::int64_t seen) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t k = from; k < before; ++k) {
        if (is_left_out(book, k, seen)) continue;
        numbers.push_back(k);
        if (numbers.size() >= proposal_batch) return;
    }
    auto goes_on_from = [&](const std::string& parent) {
        return !parent.empty() && std::any_of(known.lower_bound(before), known.end(), [&](auto& later) {
            return later.second->config.proposal.parent == parent;
        });
    };
    for (const std::int64_t k : numbers)
        if (!book.was_proposed(name_, k))
            if (auto config = ask(k); config && !goes_on_from(config->proposal.parent))
                missing_.push_back(std::move(*config));
}

}  // namespace tw
