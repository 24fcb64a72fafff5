// Who has earned a larger budget: the rungs of one bracket.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace tw {

// The promotion type of asynchronous successive halving: Li et al., "A System for Massively Parallel
// Hyperparameter Tuning", MLSys 2020 (arXiv 1810.05934), algorithm 2.
class Ladder {
public:
    struct Promotion {
        std::string trial;
        std::int64_t budget = 0;
    };

    // `steps`: budgets of the rungs, ascending; the last is the whole.
    Ladder(std::vector<std::int64_t> steps, double eta)
        : steps_(std::move(steps)), eta_(eta), rungs_(steps_.size()) {}

    std::int64_t first() const { return steps_.front(); }

    // A trial that is complete. It stands at the highest rung that its budget reaches, if it reaches any;
    // less cost is better, of equals who ended first. Not one that is there already.
    void add(const std::string& trial, double budget, std::int64_t seq, double cost);
    void remove(const std::string& trial, double budget, std::int64_t seq, double cost);

    // The best trial that `may` be promoted among the best floor(n / eta) of the n of its rung, from the
    // highest rung down.
    std::optional<Promotion> promote(const std::function<bool(const std::string&)>& may) const;

private:
    using Rung = std::set<std::tuple<double, std::int64_t, std::string>>;

    Rung* rung_of(double budget);

    std::vector<std::int64_t> steps_;
    double eta_;
    std::vector<Rung> rungs_;
};

}  // namespace tw
